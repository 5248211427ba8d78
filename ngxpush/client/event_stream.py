"""An event stream, read as the standard says (WHATWG HTML, section 9.2), in bytes: a message need not be UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .message_pattern import MessagePattern
from .received_message import ReceivedMessage

# A CR at the end waits: an LF may follow.
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventStreamReader:
    """Reads the events out of a stream, however it is cut. Comments, and events without data, are no messages."""

    __slots__ = ("_begun", "_buffer", "_data", "_id", "_pattern", "_searched", "_type")

    def __init__(self, pattern: MessagePattern) -> None:
        self._pattern = pattern
        self._buffer = bytearray()
        # How much of the buffer has no line end, so that a long line is searched once.
        self._searched = 0
        self._begun = False
        self._data: list[bytes] = []
        self._id: bytes | None = None
        self._type = b""

    def receive(self, data: bytes) -> Iterator[ReceivedMessage]:
        """The messages that are whole now that `data` has arrived."""
        self._buffer += data
        if not self._begun:
            if len(self._buffer) < len(_BYTE_ORDER_MARK):
                return
            self._buffer = self._buffer.removeprefix(_BYTE_ORDER_MARK)
            self._begun = True
        for line in self._lines():
            message = self._line(line)
            if message is not None:
                yield message

    def _lines(self) -> list[bytes]:
        """Take the lines that are whole out of the buffer."""
        lines = []
        begin = 0
        for end in _LINE_END.finditer(self._buffer, self._searched):
            lines.append(bytes(self._buffer[begin : end.start()]))
            begin = end.end()
        del self._buffer[:begin]
        self._searched = max(0, len(self._buffer) - 1)
        return lines

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
