"""An event stream, read as the standard says (WHATWG HTML, section 9.2), in bytes: a message need not be UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .message_pattern import MessagePattern
from .received_message import ReceivedMessage

_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\n|\r(?!\Z))")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventStreamReader:
    """Reads the events out of a stream, however it is cut. Comments, and events without data, are no messages."""

    __slots__ = ("_begun", "_buffer", "_data", "_id", "_pattern", "_type")

    def __init__(self, pattern: MessagePattern) -> None:
        self._pattern = pattern
        self._buffer = b""
        self._begun = False
        self._data: list[bytes] = []
        self._id: bytes | None = None
        self._type = b""

    def receive(self, data: bytes) -> Iterator[ReceivedMessage]:
        """The messages that are whole now that `data` has arrived."""
        buffer = self._buffer + data
        if not self._begun and len(buffer) >= len(_BYTE_ORDER_MARK):
            buffer = buffer.removeprefix(_BYTE_ORDER_MARK)
            self._begun = True
        end = 0
        # A CR at the end waits: an LF may follow.
        for found in _LINE.finditer(buffer):
            end = found.end()
            message = self._line(found[1])
            if message is not None:
                yield message
        self._buffer = buffer[end:]

    def _line(self, line: bytes) -> ReceivedMessage | None:
        if not line:
            return self._dispatched()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._type = value
        elif name == b"id" and b"\0" not in value:
            self._id = value
        return None

    def _dispatched(self) -> ReceivedMessage | None:
        data, id, type = self._data, self._id, self._type
        self._data, self._id, self._type = [], None, b""
        if not data:
            return None
        message = self._pattern.of_lines(b"\n".join(data))
        return ReceivedMessage(
            message.data,
            id=message.id,
            channel=message.channel,
            time=message.time,
            tag=message.tag,
            event_id=message.event_id if id is None else id.decode("utf-8", "replace"),
            event_type=type.decode("utf-8", "replace") or message.event_type,
        )
