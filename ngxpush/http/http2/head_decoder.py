"""The compressed heads of a client (HPACK, RFC 7541), read as nginx reads them. Measured with nginx 1.22.1."""

from __future__ import annotations

from collections.abc import Iterator

from h2.errors import ErrorCodes
from hpack.exceptions import HPACKDecodingError, InvalidTableIndexError
from hpack.table import HeaderTable

from ..header_coding import MOST_MORE_BYTES, decoded_text
from .frames import BrokenFrame

_FIRST_OF_TABLE = len(HeaderTable.STATIC_TABLE) + 1


# A number has at most so many bytes. Where fewer of a frame are left, nginx waits for the next frame.
_MOST_NUMBER = MOST_MORE_BYTES


class _Short(Exception):
    """The line is not whole. The number says how many bytes of it are needed at least."""


class HeadDecoder:
    """Decodes the heads of one connection, one after the other: they share a table.

    skips: no one wants the lines of this head any more. nginx then does not even look at texts that the table need not keep:
    it takes them for as long as the last text that it has looked at.

    most_line: bytes of a name or value as it is sent.  most: bytes of all names and values of a head.
    """

    __slots__ = (
        "_coming",
        "_data",
        "_is_last",
        "_left",
        "_most",
        "_most_line",
        "_most_table",
        "_needed",
        "_position",
        "_shown",
        "_table",
        "_table_is_used",
        "skips",
    )

    def __init__(self, most_line: int, most: int) -> None:
        self._most_line = most_line
        self._most = most
        self._table = HeaderTable()
        self._most_table = self._table.maxsize
        self._table_is_used = False
        self._shown = b""
        self.begin()

    def begin(self) -> None:
        """A head begins."""
        self._data = b""
        self._position = self._needed = self._coming = 0
        self._is_last = self.skips = False
        self._left = self._most

    def lines(self, data: bytes, coming: int, is_last: bool) -> Iterator[tuple[bytes, bytes]]:
        """The lines that more bytes of the head make whole. Raises BrokenFrame.

        Take all, or the table is not that of the client any more.  coming: bytes of the head that follow in the same frame.
        is_last: in the last one.
        """
        self._data, self._position = self._data[self._position :] + data, 0
        self._coming, self._is_last = coming, is_last
        if self._needed > len(self._data) and (coming or not is_last):
            return
        while True:
            start = self._position
            if start == len(self._data) and (start or coming or not is_last):
                break
            try:
                line = self._line()
            except _Short as short:
                self._position = start
                self._needed = short.args[0] - start
                return
            if line is not None:
                yield self._counted(line)
        self._needed = 0

    def _counted(self, line: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        self._left -= len(line[0]) + len(line[1])
        if self._left < 0:
            raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header")
        return line

    def _line(self) -> tuple[bytes, bytes] | None:
        """The next line; None for a change of the table's size."""
        self._begin_number()
        first = self._data[self._position]
        if first & 0x80:
            return self._entry(self._index(7))
        if first & 0x40:
            line = self._written(6, skips=False)
            self._table.add(*line)
            self._table_is_used = True
            return line
        if not first & 0x20:
            return self._written(4, self.skips)
        size = self._number(5, "size update")
        if size > self._most_table:
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, f"client sent invalid table size update: {size}")
        if self._table_is_used:  # before its first line nginx has no table yet
            self._table.maxsize = size
        return None

    def _written(self, prefix: int, skips: bool) -> tuple[bytes, bytes]:
        """A line whose value, and perhaps name, is written out."""
        index = self._index(prefix, names=True)
        name = self._entry(index)[0] if index else self._text(skips)
        if not name:
            raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent zero header name length")
        return name, self._text(skips)

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

    def _text(self, skips: bool) -> bytes:
        self._begin_number()
        is_coded = self._data[self._position] & 0x80
        length = self._number(7, "length")
        if length > self._most_line:
            raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header field")
        begin, end = self._position, self._position + length
        if end > len(self._data):
            if self._coming or not self._is_last:
                raise _Short(end)
            raise BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent header field with incorrect length")
        self._position = end
        if skips:
            return self._shown
        self._shown = text = self._data[begin:end]
        if not is_coded:
            return text
        try:
            self._shown = decoded_text(text)
            return self._shown
        except HPACKDecodingError:
            raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, "client sent invalid encoded header field") from None

    def _begin_number(self) -> None:
        """A number begins with the next byte, if that has come."""
        come = len(self._data) - self._position
        if not self._is_last and come + self._coming < _MOST_NUMBER:
            raise _Short(len(self._data) + self._coming + 1)
        if come + self._coming < 1:
            raise _wrong_length()
        if come < 1:
            raise _Short(self._position + 1)

    def _number(self, prefix: int, what: str) -> int:
        most = (1 << prefix) - 1
        value = self._data[self._position] & most
        self._position += 1
        if value < most:
            return value
        come = self._data[self._position : self._position + MOST_MORE_BYTES]
        for place, byte in enumerate(come):
            value += (byte & 0x7F) << 7 * place
            if byte < 0x80:
                self._position += place + 1
                return value
        if len(come) >= len(self._data) - self._position + self._coming:
            raise _wrong_length()
        if len(come) < MOST_MORE_BYTES:
            raise _Short(len(self._data) + 1)
        where = "header field" if what == "length" else "header block"
        raise BrokenFrame(ErrorCodes.COMPRESSION_ERROR, f"client sent {where} with too long {what} value")


def _wrong_length() -> BrokenFrame:
    return BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, "client sent header block with incorrect length")
