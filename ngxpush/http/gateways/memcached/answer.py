r"""An answer of a memcached server: `VALUE key flags length`, the item and `\r\nEND\r\n`; or only `END` without an item.

nginx looks at the end of the item's trailer only as far as one read brings it: more bytes in the same read make it invalid, and
more bytes after it are not read.  Measured with nginx 1.22.1.
"""

from __future__ import annotations

from ....config.directives.gateways.memcached import MemcachedLocation
from ....numbers import parse_decimal
from ...request import Request
from ...upstream.body import BodyReader, ByLength
from ...upstream.response import Head, InvalidHeader, TooBigHeader

_TRAILER = b"\r\nEND\r\n"
_FOUND = b"VALUE "
_NOT_FOUND = b"END"


class MemcachedAnswer:
    """One answer (`upstream.codec.ServerAnswer`)."""

    upgraded = False

    def __init__(self, request: Request, settings: MemcachedLocation, key: bytes, buffer_size: int) -> None:
        self._request = request
        self._settings = settings
        self._key = key
        self._most = buffer_size
        self._data = b""
        self._item: ItemReader | None = None
        self.head = Head()
        self.rest = b""
        self.unread = b""

    def feed(self, data: bytes) -> Head | None:
        """Take bytes of the first line. Raises InvalidHeader and TooBigHeader."""
        room = self._most - len(self._data)
        self._data += data[:room]
        self.unread = data[room:]
        line, end, self.rest = self._data.partition(b"\n")
        if not end:
            if len(self._data) >= self._most:
                raise TooBigHeader
            return None
        if not line.endswith(b"\r"):
            raise InvalidHeader(_invalid_response(line))
        self._take_line(line[:-1])
        self.head.size = len(line) + 1
        return self.head

    def _take_line(self, line: bytes) -> None:
        if line.startswith(_FOUND):
            self.head.status, self.head.length = 200, self._length(line)
        elif line == _NOT_FOUND:
            self._request.connection.log("info", b'key: "%b" was not found by memcached' % self._key, self._request)
            self.head.status, self.head.length = 404, 0
        else:
            raise InvalidHeader(_invalid_response(line))

    def _length(self, line: bytes) -> int:
        """The length of the item. Its flags are looked at if memcached_gzip_flag is set."""
        words = line[len(_FOUND) :]
        if not words.startswith(self._key):
            raise InvalidHeader(self._invalid(b"key", line))
        separator, words = words[len(self._key) : len(self._key) + 1], words[len(self._key) + 1 :]
        flags, blank, text = words.partition(b" ")
        if separator != b" " or not blank or b"\0" in flags:
            raise InvalidHeader(_invalid_response(line))
        if self._settings.gzip_flag:
            self._take_flags(flags, line)
        length = parse_decimal(text)
        if length is None:
            raise InvalidHeader(self._invalid(b"length", line))
        return length

    def _take_flags(self, text: bytes, line: bytes) -> None:
        flags = parse_decimal(text)
        if flags is None:
            raise InvalidHeader(self._invalid(b"flags", line))
        if flags & self._settings.gzip_flag:
            response = self._request.response
            response.content_encoding = b"gzip"
            response.headers.append((b"Content-Encoding", b"gzip"))

    def _invalid(self, what: bytes, line: bytes) -> bytes:
        return b'memcached sent invalid %b in response "%b" for key "%b"' % (what, line, self._key)

    def body(self) -> BodyReader:
        """The item."""
        if self.head.length is None or self.head.status != 200:
            return ByLength(0)
        self._item = ItemReader(self._request, self.head.length)
        return self._item

    @property
    def keeps_open(self) -> bool:
        """Whether there was no item, or its trailer was as it should be."""
        return self._item is None or self._item.has_trailer


def _invalid_response(line: bytes) -> bytes:
    return b'memcached sent invalid response: "%b"' % line


class ItemReader:
    """Reads an item and its trailer (`upstream.body.BodyReader`).

    has_trailer: the trailer has come, and nothing else.
    """

    excess = cut = b""

    def __init__(self, request: Request, length: int) -> None:
        self._request = request
        self._missing = length
        self._trailer = _TRAILER
        self._invalid = False

    @property
    def has_trailer(self) -> bool:
        return not self._trailer

    @property
    def ended(self) -> bool:
        return self._invalid or not self._trailer

    @property
    def least(self) -> int:
        return self._missing + len(self._trailer)

    def feed(self, data: bytes) -> bytes:
        """Take what one read has brought. Returns the bytes of the item."""
        item, rest = data[: self._missing], data[self._missing :]
        self._missing -= len(item)
        if not self._trailer.startswith(rest):
            self._request.connection.log("error", b"memcached sent invalid trailer", self._request)
            self._invalid = True
        else:
            self._trailer = self._trailer[len(rest) :]
        return item

    def at_end(self) -> bool:
        return self.ended
