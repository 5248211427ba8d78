"""The body of a request: where it ends, and what is in it. No I/O.

All readers take bytes in pieces of any size. They collect the bytes of the body, unless it is to be skipped, and return what
came after its end.
"""

from __future__ import annotations

from .chunks import Chunks
from .request_input import RequestInput
from .status import BAD_REQUEST, REQUEST_ENTITY_TOO_LARGE


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


class BrokenBody(ValueError):
    """A body that is refused. status: of the answer.  level, message: for the error log."""

    def __init__(self, status: int, level: str, message: str) -> None:
        super().__init__(status, level, message)
        self.status = status
        self.level = level
        self.message = message


class FramedBody:
    """A body on HTTP/2, out of its frames. keep: see above.  limit: the most bytes of one without a length, 0 for any number."""

    __slots__ = ("_input", "_limit", "keep", "length", "pieces")

    def __init__(self, request_input: RequestInput, keep: bool, limit: int = 0) -> None:
        self.keep = keep
        self.length = 0
        self.pieces: list[bytes] = []
        self._input = request_input
        self._limit = limit

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes. Returns None until the body is whole. Raises BrokenBody."""
        self.length += len(data)
        declared = None if self._input.chunked else self._input.content_length or 0
        if declared is None and 0 < self._limit < self.length:
            message = f"client intended to send too large chunked body: {self.length} bytes"
            raise BrokenBody(REQUEST_ENTITY_TOO_LARGE, "error", message)
        if declared is not None and self.length > declared:
            raise BrokenBody(BAD_REQUEST, "info", "client intended to send body data larger than declared")
        if self.keep:
            self.pieces.append(data)
        if not self._input.ended:
            return None
        if declared is not None and self.length < declared:
            message = f"client prematurely closed stream: only {self.length} out of {declared} bytes of request body received"
            raise BrokenBody(BAD_REQUEST, "info", message)
        return b""
