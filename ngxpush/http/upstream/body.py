"""The body of a server's answer: where it ends, and which parts of it are passed on at which time.

nginx reads into buffers. With proxy_buffering a buffer is passed on when it is full, when the body is whole, or when its content
may be the end of the body, which is always possible with chunks. Without it, everything is passed on as it comes.
"""

from __future__ import annotations

import re
from typing import Protocol

_SIZE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[^\r\n]*)?\r?\Z")


class InvalidChunks(ValueError):
    """A chunked body that breaks the format."""


class BodyReader(Protocol):
    """Finds the end of one body.

    ended: the body is whole.  excess: the server has sent more than the body.
    """

    ended: bool
    excess: bool

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came. Returns those of the body."""

    def at_end(self) -> bool:
        """Whether the body is complete if the server closes now."""


class UntilClose:
    """A body that ends with the connection."""

    ended = excess = False

    def feed(self, data: bytes) -> bytes:
        return data

    def at_end(self) -> bool:
        return True


class ByLength:
    """A body of Content-Length bytes."""

    def __init__(self, length: int) -> None:
        self.missing = length
        self.ended = length == 0
        self.excess = False

    def feed(self, data: bytes) -> bytes:
        taken = data[: self.missing]
        self.missing -= len(taken)
        self.ended = self.missing == 0
        self.excess = len(data) > len(taken)
        return taken

    def at_end(self) -> bool:
        return self.ended


class ByChunks:
    """A body in chunks; trailers are dropped. Raises InvalidChunks."""

    _SIZE, _DATA, _DATA_END, _TRAILER = range(4)

    def __init__(self) -> None:
        self.ended = self.excess = False
        self._state = self._SIZE
        self._missing = 0
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        data = self._rest + data
        self._rest = b""
        position = 0
        pieces: list[bytes] = []
        while position < len(data) and not self.ended:
            if self._state == self._DATA:
                piece = data[position : position + self._missing]
                pieces.append(piece)
                position += len(piece)
                self._missing -= len(piece)
                if not self._missing:
                    self._state = self._DATA_END
                continue
            end = data.find(b"\n", position)
            if end < 0:
                self._rest = data[position:]
                break
            self._take_line(data[position:end].removesuffix(b"\r"))
            position = end + 1
        self.excess = self.ended and position < len(data)
        return b"".join(pieces)

    def _take_line(self, line: bytes) -> None:
        if self._state == self._TRAILER:
            self.ended = not line
        elif self._state == self._DATA_END:
            if line:
                raise InvalidChunks
            self._state = self._SIZE
        else:
            match = _SIZE.match(line)
            if match is None:
                raise InvalidChunks
            self._missing = int(match[1], 16)
            self._state = self._DATA if self._missing else self._TRAILER

    def at_end(self) -> bool:
        return self.ended


class BodyBuffers:
    """What proxy_buffering holds back.

    first: the free bytes of the buffer that the head was read into.  size: the bytes of each further buffer.
    """

    def __init__(self, reader: BodyReader, first: int, size: int) -> None:
        self._reader = reader
        self._free = first
        self._size = size
        self._held: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came. Returns those of the body that are to be passed on now. Raises InvalidChunks."""
        full = self._fill(len(data))
        body = self._reader.feed(data)
        self._held.append(body)
        if isinstance(self._reader, ByChunks) or self._reader.ended:
            return self.take()
        if full == 0:
            return b""
        held = b"".join(self._held)
        kept = self._size - self._free
        self._held = [held[len(held) - kept :]] if kept else []
        return held[: len(held) - kept]

    def _fill(self, count: int) -> int:
        """How many of these bytes complete a buffer."""
        full = 0
        while count - full >= self._free:
            full += self._free
            self._free = self._size
        self._free -= count - full
        return full

    def take(self) -> bytes:
        """Returns everything that is held back."""
        held = b"".join(self._held)
        self._held = []
        return held
