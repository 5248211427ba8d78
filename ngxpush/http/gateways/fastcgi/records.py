"""The records of FastCGI (its specification, sections 3.3 and 8). A connection has one request at a time; its number is 1."""

from __future__ import annotations

import enum

BEGIN_REQUEST = 1
END_REQUEST = 3
PARAMS = 4
STDIN = 5
STDOUT = 6
STDERR = 7

_VERSION = 1
_REQUEST = 1
_RESPONDER = 1
HEADER = 8
"""The bytes of a header."""

_UNIT = 8  # records are padded to multiples of it
_MOST_IN_RECORD = 0xFFFF
_PIECE = 32 * 1024


class InvalidRecord(ValueError):
    """A record that nginx refuses. The message is nginx's."""


class TooLargeRecord(ValueError):
    """The parameters do not fit into one record, which nginx needs. It carries their bytes."""


def begin(keep: bool) -> bytes:
    """The first record of a request. keep: the server is to keep the connection open after its answer."""
    return _header(BEGIN_REQUEST, 8, 0) + bytes((0, _RESPONDER, keep)) + bytes(5)


def parameters(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """The records with the parameters, the last one empty. Raises TooLargeRecord."""
    content = b"".join(_length(name) + _length(value) + name + value for name, value in pairs)
    if len(content) > _MOST_IN_RECORD:
        raise TooLargeRecord(len(content))
    return _record(PARAMS, content) + _header(PARAMS, 0, 0)


def stdin(data: bytes, last: bool) -> bytes:
    """The records for a piece of the body; the last one has an empty record after it."""
    records = [_record(STDIN, data[place : place + _PIECE]) for place in range(0, len(data), _PIECE)]
    return b"".join([*records, _header(STDIN, 0, 0)] if last else records)


def _length(text: bytes) -> bytes:
    """The length of a name or a value: one byte, or four."""
    size = len(text)
    return bytes((size,)) if size < 128 else (size | 1 << 31).to_bytes(4, "big")


def _record(kind: int, content: bytes) -> bytes:
    padding = -len(content) % _UNIT
    return _header(kind, len(content), padding) + content + bytes(padding)


def _header(kind: int, length: int, padding: int) -> bytes:
    return bytes((_VERSION, kind, 0, _REQUEST, length >> 8, length & 0xFF, padding, 0))


class RecordPart(enum.Enum):
    """Where a reader is in a record."""

    HEADER = enum.auto()
    CONTENT = enum.auto()
    PADDING = enum.auto()


class RecordReader:
    """Reads records from pieces of any size. The caller looks at `part` and calls the method for it.

    kind: of the present record.  length, padding: how many bytes of its content and its padding are still to come.
    """

    def __init__(self) -> None:
        self.part = RecordPart.HEADER
        self.kind = 0
        self.length = 0
        self.padding = 0
        self._header = b""

    def take_header(self, data: bytes, position: int) -> tuple[int, bool]:
        """Take bytes of a header. Returns the position after them, and whether it is whole. Raises InvalidRecord, at the first
        wrong byte.
        """
        for byte in data[position : position + HEADER - len(self._header)]:
            _check(len(self._header), byte)
            self._header += bytes((byte,))
            position += 1
        whole = len(self._header) == HEADER
        if whole:
            self.kind = self._header[1]
            self.length = self._header[4] << 8 | self._header[5]
            self.padding = self._header[6]
            self._header = b""
            self.part = RecordPart.CONTENT
        return position, whole

    def take_content(self, data: bytes, position: int, end: int | None = None) -> bytes:
        """Take the content that is there, up to `end`."""
        limit = position + self.length
        content = data[position : limit if end is None else min(limit, end)]
        self.length -= len(content)
        if not self.length:
            self.part = RecordPart.PADDING if self.padding else RecordPart.HEADER
        return content

    def take_padding(self, data: bytes, position: int) -> int:
        """Take padding. Returns the position after it."""
        count = min(self.padding, len(data) - position)
        self.padding -= count
        if not self.padding:
            self.part = RecordPart.HEADER
        return position + count


def _check(place: int, byte: int) -> None:
    """Check a byte of a header that can be wrong."""
    if place == 0 and byte != _VERSION:
        raise InvalidRecord(b"upstream sent unsupported FastCGI protocol version: %d" % byte)
    if place == 1 and byte not in (STDOUT, STDERR, END_REQUEST):
        raise InvalidRecord(b"upstream sent invalid FastCGI record type: %d" % byte)
    if place == 2 and byte != 0:
        raise InvalidRecord(b"upstream sent unexpected FastCGI request id high byte: %d" % byte)
    if place == 3 and byte != _REQUEST:
        raise InvalidRecord(b"upstream sent unexpected FastCGI request id low byte: %d" % byte)
