"""The compressed heads of a client (HPACK, RFC 7541), read as nginx reads them. Measured with nginx 1.22.1."""

from __future__ import annotations

from collections.abc import Iterator

from h2.errors import ErrorCodes
from hpack.exceptions import HPACKDecodingError, InvalidTableIndexError
from hpack.table import HeaderTable

from ..header_coding import MOST_MORE_BYTES, decoded_text
from .frames import BrokenFrame

_FIRST_OF_TABLE = len(HeaderTable.STATIC_TABLE) + 1


class HeadDecoder:
    """Decodes the heads of one connection, one after the other: they share a table.

    most_line: bytes of a name or value as it is sent.  most: bytes of all names and values of a head.
    """

    __slots__ = ("_data", "_most", "_most_line", "_most_table", "_position", "_table")

    def __init__(self, most_line: int, most: int) -> None:
        self._most_line = most_line
        self._most = most
        self._table = HeaderTable()
        self._most_table = self._table.maxsize
        self._data = b""
        self._position = 0

    def lines(self, block: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The lines of a head. Raises BrokenFrame. Take all, or the table is not that of the client any more."""
        self._data, self._position = block, 0
        self._byte()  # an empty block is not allowed
        left = self._most
        while self._position < len(self._data):
            line = self._line()
            if line is None:
                continue
            left -= len(line[0]) + len(line[1])
            if left < 0:
                raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header")
            yield line

    def _line(self) -> tuple[bytes, bytes] | None:
        """The next line; None for a change of the table's size."""
        first = self._data[self._position]
        if first & 0x80:
            return self._entry(self._index(7))
        if first & 0x40:
            line = self._written(6)
            self._table.add(*line)
            return line
        if not first & 0x20:
            return self._written(4)
        size = self._number(5, "size update")
        if size > self._most_table:
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, f"client sent invalid table size update: {size}")
        self._table.maxsize = size
        return None

    def _written(self, prefix: int) -> tuple[bytes, bytes]:
        """A line whose value, and perhaps name, is written out."""
        index = self._index(prefix, names=True)
        name = self._entry(index)[0] if index else self._text()
        if not name:
            raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent zero header name length")
        return name, self._text()

    def _index(self, prefix: int, names: bool = False) -> int:
        """names: 0 is allowed."""
        index = self._number(prefix, "header index")
        if not index and not names:
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, "client sent invalid hpack table index 0")
        return index

    def _entry(self, index: int) -> tuple[bytes, bytes]:
        try:
            return self._table.get_by_index(index)
        except InvalidTableIndexError:
            message = f"client sent out of bound hpack table index: {index - _FIRST_OF_TABLE}"
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, message) from None

    def _text(self) -> bytes:
        is_coded = self._byte() & 0x80
        length = self._number(7, "length")
        if length > self._most_line:
            raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header field")
        begin, self._position = self._position, self._position + length
        if self._position > len(self._data):
            raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent header field with incorrect length")
        text = self._data[begin : self._position]
        if not is_coded:
            return text
        try:
            return decoded_text(text)
        except HPACKDecodingError:
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, "client sent invalid encoded header field") from None

    def _number(self, prefix: int, what: str) -> int:
        most = (1 << prefix) - 1
        value = self._byte() & most
        self._position += 1
        if value < most:
            return value
        for place in range(MOST_MORE_BYTES):
            byte = self._byte()
            self._position += 1
            value += (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        where = "header field" if what == "length" else "header block"
        raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, f"client sent {where} with too long {what} value")

    def _byte(self) -> int:
        if self._position >= len(self._data):
            raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent header block with incorrect length")
        return self._data[self._position]
