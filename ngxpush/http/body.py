"""The body of a request: where it ends, and what is in it. No I/O.

Both readers take bytes in pieces of any size. They collect the bytes of the body, unless it is to be skipped, and return what
came after its end.
"""

from __future__ import annotations

from .chunks import Chunks


class LengthBody:
    """A body of Content-Length bytes. keep: whether its bytes are collected."""

    __slots__ = ("keep", "length", "missing", "pieces")

    def __init__(self, length: int, keep: bool) -> None:
        self.keep = keep
        self.length = length
        self.missing = length
        self.pieces: list[bytes] = []

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes. Returns None until the body is whole, then the bytes after it."""
        taken = data[: self.missing]
        self.missing -= len(taken)
        if self.keep:
            self.pieces.append(taken)
        return data[len(taken) :] if not self.missing else None


class ChunkedBody:
    """A body in chunks.

    keep: whether its bytes are collected.  limit: the most bytes of it, 0 for any number.
    """

    __slots__ = ("_chunks", "keep", "pieces")

    def __init__(self, keep: bool, limit: int = 0) -> None:
        self.keep = keep
        self.pieces: list[bytes] = []
        self._chunks = Chunks(limit)

    @property
    def length(self) -> int:
        """The bytes of it announced so far."""
        return self._chunks.length

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes. Returns None until the body is whole, then the bytes after it. Raises InvalidChunks and TooLargeBody."""
        chunks = self._chunks
        piece, rest = chunks.feed(data)
        if self.keep:
            self.pieces.append(piece)
        return rest if chunks.ended else None
