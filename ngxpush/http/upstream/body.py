"""The body of a server's answer: where it ends, and which parts of it are passed on at which time.

nginx reads into buffers. With proxy_buffering a buffer is passed on when it is full, when the body is whole, or when its content
may be the end of the body, which is always possible with chunks. Without it, everything is passed on as it comes.
"""

from __future__ import annotations

from typing import Protocol

from ..chunks import Chunks, InvalidChunks


class InvalidBody(ValueError):
    """A body breaks the format. The message is nginx's."""


class BodyReader(Protocol):
    """Finds the end of one body.

    ended: the body is whole.  excess: nginx's words for it if the server has sent more than the body; empty if it has not.
    cut: nginx's words for a body that the server has ended too early; empty if it has not. Nothing more is read then.
    """

    @property
    def cut(self) -> bytes: ...

    @property
    def excess(self) -> bytes: ...

    @property
    def ended(self) -> bool: ...

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came. Returns those of the body. Raises InvalidBody."""

    @property
    def least(self) -> int | None:
        """The fewest bytes with which the body may be whole; None if only the end of the connection shows that."""

    def at_end(self) -> bool:
        """Whether the body is complete if the server closes now."""


class UntilClose:
    """A body that ends with the connection."""

    ended = False
    excess = cut = b""
    least = None

    def feed(self, data: bytes) -> bytes:
        return data

    def at_end(self) -> bool:
        return True


class ByLength:
    """A body of Content-Length bytes."""

    cut = b""

    def __init__(self, length: int) -> None:
        self.missing = length
        self.ended = length == 0
        self.excess = b""

    def feed(self, data: bytes) -> bytes:
        taken = data[: self.missing]
        self.missing -= len(taken)
        self.ended = self.missing == 0
        if len(data) > len(taken):
            self.excess = b'upstream sent more data than specified in "Content-Length" header'
        return taken

    @property
    def least(self) -> int:
        return self.missing

    def at_end(self) -> bool:
        return self.ended


class ByChunks:
    """A body in chunks; trailers are dropped."""

    cut = b""

    def __init__(self) -> None:
        self.excess = b""
        self._chunks = Chunks()

    @property
    def ended(self) -> bool:
        return self._chunks.ended

    def feed(self, data: bytes) -> bytes:
        try:
            body, rest = self._chunks.feed(data)
        except InvalidChunks:
            raise InvalidBody(b"upstream sent invalid chunked response") from None
        if rest:
            self.excess = b"upstream sent data after final chunk"
        return body

    @property
    def least(self) -> int:
        return self._chunks.least

    def at_end(self) -> bool:
        return self._chunks.ended


class BodyBuffers:
    """What proxy_buffering holds back.

    first: the free bytes of the buffer that the head was read into.  size: the bytes of each further buffer.
    unread: what has come after the buffer in which the body ends or breaks the format.
    """

    def __init__(self, reader: BodyReader, first: int, size: int) -> None:
        self._reader = reader
        self._room = first
        self._size = size
        self.unread = b""
        # What is in the buffer that is not full, as it came.
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came. Returns those of the body that are to be passed on now. Raises InvalidBody."""
        reader = self._reader
        if reader.ended:
            return reader.feed(data)
        held = self._held + data
        pieces: list[bytes] = []
        position = 0
        while len(held) - position >= self._room and not reader.ended:
            piece = held[position : position + self._room]
            position += self._room
            self.unread = held[position:]
            pieces.append(reader.feed(piece))
            self._room = self._size
        if reader.ended:
            return b"".join(pieces)
        self._held, self.unread = held[position:], b""
        least = reader.least
        if least is not None and self._held and len(self._held) >= least:
            pieces.append(self.take())
        return b"".join(pieces)

    def take(self) -> bytes:
        """Returns the body's bytes of all that is held back. Raises InvalidBody."""
        held, self._held = self._held, b""
        self._room = self._size
        return self._reader.feed(held)
