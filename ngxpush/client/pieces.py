"""The body of a streaming, long-polling or polling answer, cut into messages.

nginx sends each message as a chunk of its own, so a chunk is a message. Where a proxy has put chunks together, or the answer has
none, the end of a message is seen by the template; without a template, a message is a line.
"""

from __future__ import annotations

from collections.abc import Iterator

from .message_pattern import MessagePattern
from .received_message import ReceivedMessage

# How much may wait for the end of a message.
_MOST_WAITING = 1 << 26


class PieceReader:
    """Reads the messages out of a body.

    pattern: None where no template is known. Then the line end at the end of a message is not a part of it, and blank pieces
    (pings, padding) are no messages.
    chunked: whether the body comes in chunks.
    """

    __slots__ = ("_buffer", "_chunked", "_pattern")

    def __init__(self, pattern: MessagePattern | None, chunked: bool) -> None:
        self._pattern = pattern
        self._chunked = chunked
        self._buffer = bytearray()

    def receive(self, data: bytes, ends_chunk: bool) -> Iterator[ReceivedMessage]:
        """The messages that are whole now that `data`, a chunk or a part of one, has arrived."""
        self._buffer += data
        if len(self._buffer) > _MOST_WAITING:
            del self._buffer[: -_MOST_WAITING // 2]
        if self._chunked and not ends_chunk:
            return
        if self._pattern is None:
            yield from self._lines_or_chunk()
            return
        messages = self._pattern.of_chunk(bytes(self._buffer)) if self._chunked else ()
        if messages:
            self._buffer.clear()
            yield from messages
        elif self._pattern.has_end:
            yield from self._pattern.take(self._buffer)

    def _lines_or_chunk(self) -> Iterator[ReceivedMessage]:
        end = len(self._buffer) if self._chunked else self._buffer.rfind(b"\n") + 1
        taken = bytes(self._buffer[:end])
        del self._buffer[:end]
        for piece in [taken] if self._chunked else taken.split(b"\n"):
            if piece.strip():
                yield ReceivedMessage(_without_line_end(piece))

    def end(self) -> Iterator[ReceivedMessage]:
        """What is left when the body ends."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        message = ReceivedMessage(_without_line_end(rest)) if self._pattern is None else self._pattern.whole(rest)
        if message is not None and rest.strip():
            yield message


def _without_line_end(piece: bytes) -> bytes:
    return piece.removesuffix(b"\n").removesuffix(b"\r")
