"""A chunked body as nginx reads it (RFC 9112, 7.1), from pieces of any size. No I/O.

Both sides read with it: bodies of clients and answers of upstream servers. A body is refused at the first byte that breaks the
format, not at the end of its line:

    size        hexadecimal digits, with any number of leading zeros. Too large a size is refused at the first byte after it:
                nginx looks at each byte whether one more digit would fit
    extension   anything from a blank, tab or `;` to the end of the line
    line end    LF, or CR and then LF. A CR that no LF follows is an error everywhere: another server might take it for a line end
    trailers    are dropped

Recordings: found_core/found-upstream/bad-first-chunk*, found_core/found-parsing.
"""

from __future__ import annotations

import enum
import re

from ..numbers import LARGEST, parse_hexadecimal

# The largest size of one chunk in bytes.
_LARGEST = LARGEST // 16

_SIZE = re.compile(rb"0*([0-9A-Fa-f]{1,16})(?:[ \t;][^\r\n]*)?\r?\n")
# What may become such a line.
_SIZE_BEGINNING = re.compile(rb"0*(?P<digits>[0-9A-Fa-f]{0,16})(?:(?<=[0-9A-Fa-f])(?P<extension>[ \t;][^\r\n]*)?(?P<cr>\r)?)?\Z")
_TRAILER = re.compile(rb"([^\r\n]*)\r?\n")
_TRAILER_BEGINNING = re.compile(rb"([^\r\n]*)(\r?)\Z")


class InvalidChunks(ValueError):
    """A chunked body that breaks the format."""


class TooLargeBody(ValueError):
    """A chunk that takes the body over the limit; `received` bytes came before it, `more` are announced."""

    def __init__(self, received: int, more: int) -> None:
        super().__init__(received, more)
        self.received = received
        self.more = more


class _State(enum.Enum):
    SIZE = enum.auto()
    DATA = enum.auto()
    DATA_END = enum.auto()
    TRAILERS = enum.auto()


class Chunks:
    """Reads one body.

    limit: the most bytes of it, 0 for any number.  length: how many its chunks have announced so far.  ended: it is whole.
    """

    __slots__ = ("_limit", "_missing", "_rest", "_state", "ended", "length")

    def __init__(self, limit: int = 0) -> None:
        self.ended = False
        self.length = 0
        self._limit = limit
        self._state = _State.SIZE
        self._missing = 0
        # The beginning of a line, shortened to what decides about the bytes to come.
        self._rest = b""

    @property
    def least(self) -> int:
        """The fewest bytes with which the body may be whole."""
        if self._state is _State.DATA:
            return self._missing + 4
        if self._state is _State.DATA_END:
            return 4
        if self._state is _State.TRAILERS:
            return 2 if self._rest.startswith(b"x") else 1
        size = parse_hexadecimal(self._rest.rstrip(b";\r"))
        if size:
            return size + 5
        return 2 if self._rest else 3

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take bytes. Returns those of the body, and the bytes after its end. Raises InvalidChunks and TooLargeBody."""
        data = self._rest + data if self._rest else data
        self._rest = b""
        pieces: list[bytes] = []
        position = 0
        while position < len(data) and not self.ended:
            if self._state is _State.DATA:
                piece = data[position : position + self._missing]
                pieces.append(piece)
                position += len(piece)
                self._missing -= len(piece)
                if not self._missing:
                    self._state = _State.DATA_END
            else:
                position = self._take_line(data, position)
        return b"".join(pieces), data[position:]

    def _take_line(self, data: bytes, position: int) -> int:
        """Take a line, or keep its beginning. Returns where the next one begins."""
        stop = data.find(b"\n", position) + 1 or len(data)
        line = data[position:stop]
        if self._state is _State.SIZE:
            self._take_size(line)
        elif self._state is _State.DATA_END:
            self._take_data_end(line)
        else:
            self._take_trailer(line)
        return stop

    def _take_size(self, line: bytes) -> None:
        whole = _SIZE.fullmatch(line)
        if whole is not None:
            self._begin_chunk(_size(whole[1]))
            return
        begun = _SIZE_BEGINNING.match(line)
        if begun is None:
            raise InvalidChunks
        digits, more = begun["digits"], begun["extension"] or begun["cr"]
        _size((digits if more else digits[:-1]) or b"0")
        zero = b"0" if line.startswith(b"0") else b""
        self._rest = zero + digits + (b";" if begun["extension"] else b"") + (begun["cr"] or b"")

    def _begin_chunk(self, size: int) -> None:
        if self._limit and self.length + size > self._limit:
            raise TooLargeBody(self.length, size)
        self.length += size
        self._missing = size
        self._state = _State.DATA if size else _State.TRAILERS

    def _take_data_end(self, line: bytes) -> None:
        if line in (b"\n", b"\r\n"):
            self._state = _State.SIZE
        elif line == b"\r":
            self._rest = line
        else:
            raise InvalidChunks

    def _take_trailer(self, line: bytes) -> None:
        whole = _TRAILER.fullmatch(line)
        if whole is not None:
            self.ended = not whole[1]
            return
        begun = _TRAILER_BEGINNING.match(line)
        if begun is None:
            raise InvalidChunks
        self._rest = (b"x" if begun[1] else b"") + begun[2]


def _size(digits: bytes) -> int:
    size = parse_hexadecimal(digits)
    if size is None or size > _LARGEST:
        raise InvalidChunks
    return size
