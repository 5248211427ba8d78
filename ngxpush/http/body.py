"""The body of a request: where it ends, and what is in it. No I/O.

Both readers take bytes in pieces of any size. They collect the bytes of the body, unless it is to be skipped, and return what
came after its end.
"""

from __future__ import annotations

import re

from ..numbers import LARGEST, parse_hexadecimal

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]+)(?:[ ;\t][^\r\n]*)?\r?")
_SIZE = re.compile(rb"[0-9A-Fa-f]*")
_SIZE_LINE_BEGINNING = re.compile(rb"[0-9A-Fa-f]+(?:[ ;\t][^\r\n]*)?\r?|")


# nginx looks at each byte after the digits whether one more digit would fit.
_LARGEST_SIZE = LARGEST // 16


class BrokenBody(ValueError):
    """A chunked body that breaks the format; nginx answers 400."""


class TooLargeBody(ValueError):
    """A chunk that takes the body over client_max_body_size; `received` bytes came before it, `more` are announced."""

    def __init__(self, received: int, more: int) -> None:
        super().__init__(received, more)
        self.received = received
        self.more = more


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
    """A body in chunks (RFC 9112, 7.1) with what nginx accepts: bare line feeds, extensions, and trailers, which are ignored.

    A carriage return that no line feed follows is refused, in trailers too: a server after this one might take it for a line end.

    limit: the most bytes of body, 0 for any number.  length: the bytes of body announced so far.
    """

    __slots__ = ("_missing", "_rest", "_state", "keep", "length", "limit", "pieces")

    _SIZE, _DATA, _DATA_END, _TRAILER = range(4)

    def __init__(self, keep: bool, limit: int = 0) -> None:
        self.keep = keep
        self.length = 0
        self.limit = limit
        self.pieces: list[bytes] = []
        self._rest = b""
        self._missing = 0
        self._state = self._SIZE

    def feed(self, data: bytes) -> bytes | None:
        """Take bytes. Returns None until the body is whole, then the bytes after it. Raises BrokenBody and TooLargeBody."""
        data = self._rest + data if self._rest else data
        self._rest = b""
        position = 0
        while position < len(data):
            if self._state == self._DATA:
                position = self._take_data(data, position)
                continue
            end = data.find(b"\n", position)
            line = data[position:] if end < 0 else data[position:end]
            if end < 0:
                self._judge_beginning(line)
                self._rest = line
                return None
            position = end + 1
            if self._take_line(line):
                return data[position:]
        return None

    def _take_data(self, data: bytes, position: int) -> int:
        piece = data[position : position + self._missing]
        self._missing -= len(piece)
        if self.keep:
            self.pieces.append(piece)
        if not self._missing:
            self._state = self._DATA_END
        return position + len(piece)

    def _judge_beginning(self, line: bytes) -> None:
        """Refuse a line whose end has not come yet as soon as nginx would."""
        if self._state == self._DATA_END and line != b"\r":
            raise BrokenBody
        if self._state == self._TRAILER and b"\r" in line[:-1]:
            raise BrokenBody
        if self._state == self._SIZE:
            if not _SIZE_LINE_BEGINNING.fullmatch(line):
                raise BrokenBody
            self._size(line[:-1] if line.isalnum() else line)

    def _take_line(self, line: bytes) -> bool:
        if self._state == self._TRAILER:
            if b"\r" in line[:-1]:
                raise BrokenBody
            return line in (b"\r", b"")
        if self._state == self._DATA_END:
            if line not in (b"\r", b""):
                raise BrokenBody
            self._state = self._SIZE
            return False
        if not _SIZE_LINE.fullmatch(line):
            raise BrokenBody
        size = self._size(line)
        if self.limit and self.length + size > self.limit:
            raise TooLargeBody(self.length, size)
        self.length += size
        self._missing = size
        self._state = self._DATA if size else self._TRAILER
        return False

    def _size(self, line: bytes) -> int:
        digits = _SIZE.match(line)
        assert digits is not None
        size = parse_hexadecimal(digits[0] or b"0")
        if size is None or size > _LARGEST_SIZE:
            raise BrokenBody
        return size
