"""Header blocks of HTTP/2 (HPACK, RFC 7541), as nginx writes and reads them for gRPC servers.

It forbids the server a table of its own. In what it sends, a few lines name the static table; every other line is written out. A
text is Huffman coded if that makes it shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hpack.exceptions import HPACKDecodingError
from hpack.table import HeaderTable

from ...header_coding import MOST_MORE_BYTES, decoded_text

Line = tuple[bytes, bytes]
"""A name and a value."""

_STATIC = HeaderTable.STATIC_TABLE
# A pseudo header begins with a colon.
_NAME = re.compile(rb":?[^\x00-\x20\x7f:A-Z]+|:")
_FORBIDDEN = re.compile(rb"[\x00\r\n]")


class InvalidBlock(ValueError):
    """A block that nginx refuses. The message is nginx's."""


class _Incomplete(Exception):
    """The line goes on in bytes that are not here yet."""


class HeaderBlock:
    """A block that comes in pieces."""

    def __init__(self) -> None:
        self._data = b""

    def lines(self, data: bytes) -> Iterator[Line]:
        """Take a piece. Gives the lines that are whole now, one after the other. Raises InvalidBlock at the first invalid one."""
        data = self._data + data
        position = 0
        while position < len(data):
            # What is kept if a line is not whole, or the caller stops.
            self._data = data[position:]
            try:
                line, position = _line(data, position)
            except _Incomplete:
                return
            self._data = b""
            if line is not None:
                yield line

    def end(self) -> None:
        """No piece follows. Raises InvalidBlock if a line is not whole."""
        if self._data:
            raise InvalidBlock(b"upstream sent truncated http2 header")


def _line(data: bytes, position: int) -> tuple[Line | None, int]:
    """The line at a position, and the position after it; None for a change of the size of a table, which has to be 0."""
    first = data[position]
    position += 1
    if first >= 0x80:
        return _STATIC[_index(first & 0x7F)], position
    if first & 0xE0 == 0x20:
        if first != 0x20:
            raise InvalidBlock(b"upstream sent invalid http2 dynamic table size update: %d" % (first & 0x1F))
        return None, position
    prefix = 0x3F if first >= 0x40 else 0x0F
    index = first & prefix
    if index == 0x0F == prefix:
        more = _byte(data, position)
        position += 1
        if more >= 0x80:
            raise InvalidBlock(b"upstream sent http2 table index with continuation flag")
        index += more
    if index:
        name = _STATIC[_index(index)][0]
    else:
        name, position = _text(data, position, b"name")
    value, position = _text(data, position, b"value")
    if _NAME.fullmatch(name) is None or _FORBIDDEN.search(value):
        raise InvalidBlock(b'upstream sent invalid header: "%b: %b"' % (name, value))
    return (name, value), position


def _index(number: int) -> int:
    if not 0 < number <= len(_STATIC):
        raise InvalidBlock(b"upstream sent invalid http2 table index: %d" % number)
    return number - 1


def _byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise _Incomplete
    return data[position]


def _text(data: bytes, position: int, what: bytes) -> tuple[bytes, int]:
    """A name or value, and the position after it."""
    first = _byte(data, position)
    position += 1
    length = first & 0x7F
    if length == 0x7F:
        for place in range(MOST_MORE_BYTES):
            byte = _byte(data, position)
            position += 1
            length += (byte & 0x7F) << 7 * place
            if byte < 0x80:
                break
        else:
            raise InvalidBlock(b"upstream sent too large http2 header %b length" % what)
    if not length and what == b"name":
        raise InvalidBlock(b"upstream sent zero http2 header name length")
    text = data[position : position + length]
    if len(text) < length:
        raise _Incomplete
    if first < 0x80:
        return text, position + length
    try:
        return decoded_text(text), position + length
    except HPACKDecodingError:
        raise InvalidBlock(b"upstream sent invalid encoded header") from None
