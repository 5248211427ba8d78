"""The head of a request on HTTP/2: nginx's rules for header fields. Partly measured with nginx 1.22.1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ...config.directives.http.core import HttpCoreServer
from ...numbers import parse_decimal
from ..parser import validate_host
from ..request import Request
from ..request_input import HTTP_20
from ..request_line import Refused
from ..uri import InvalidURI, parse_target

ACTIVITY = "reading client request headers"

_BAD_NAME = re.compile(rb"[\x00-\x20\x7fA-Z:]")
_BAD_VALUE = re.compile(rb"[\x00\r\n]")
_VALID_NAME = re.compile(rb"[a-z0-9-]+")
_VALID_NAME_WITH_UNDERSCORES = re.compile(rb"[a-z0-9_-]+")
_METHOD = re.compile(rb"[A-Z_-]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*")

_UNIQUE = frozenset(
    (
        b"host",
        b"if-modified-since",
        b"if-unmodified-since",
        b"if-match",
        b"if-none-match",
        b"content-length",
        b"content-range",
        b"if-range",
        b"transfer-encoding",
        b"expect",
        b"authorization",
    )
)


class BrokenField(Exception):
    """A header field that ends the stream with a PROTOCOL_ERROR. The text is nginx's message, at level info."""

    def __init__(self, message: bytes) -> None:
        super().__init__(message)
        self.message = message


class RequestHead:
    """Fills a request from header fields. choose_server: see `parser.RequestParser`."""

    __slots__ = ("_choose_server", "_cookies", "_left", "_regular", "_request", "_scheme")

    def __init__(self, request: Request, choose_server: Callable[[bytes], None]) -> None:
        self._request = request
        self._choose_server = choose_server
        self._scheme = b""
        self._cookies: list[bytes] = []
        self._regular = False
        number, size = request.server.of(HttpCoreServer).large_client_header_buffers
        self._left = number * size

    def take(self, fields: Iterable[tuple[bytes, bytes]]) -> None:
        """Take the fields of the whole head. Raises BrokenField and Refused."""
        request = self._request
        request.input.http_version, request.input.protocol = HTTP_20, b"HTTP/2.0"
        request.input.expect_tested = True
        size = request.server.of(HttpCoreServer).large_client_header_buffers[1]
        for name, value in fields:
            self._left -= len(name) + len(value)
            if len(name) > size or len(value) > size or self._left < 0:
                raise Refused(494, b"client exceeded the limit of header fields")
            self._take_field(name, value)
        self._finish()

    def _take_field(self, name: bytes, value: bytes) -> None:
        pseudo = name.startswith(b":")
        found = _BAD_NAME.search(name, 1 if pseudo else 0)
        if found is not None or not name:
            raise BrokenField(b'client sent invalid header name: "%b"' % name)
        if _BAD_VALUE.search(value):
            raise BrokenField(b'client sent header "%b" with invalid value: "%b"' % (name, value))
        if pseudo:
            self._take_pseudo(name[1:], value)
            return
        self._regular = True
        settings = self._request.server.of(HttpCoreServer)
        valid = _VALID_NAME_WITH_UNDERSCORES if settings.underscores_in_headers else _VALID_NAME
        if settings.ignore_invalid_headers and not valid.fullmatch(name):
            message = b'client sent invalid header: "%b" while %b' % (name, ACTIVITY.encode())
            self._request.connection.log("info", message, self._request)
        elif name == b"cookie":
            self._cookies.append(value)
        else:
            self._take_regular(name, value)

    def _take_regular(self, name: bytes, value: bytes) -> None:
        headers = self._request.input.headers
        if name in _UNIQUE and name in headers:
            what = b"host header" if name == b"host" else b"header line"
            lines = b'"%b: %b", previous value: "%b: %b"' % (name, value, name, headers.get(name) or b"")
            raise Refused(400, b"client sent duplicate %b: %b" % (what, lines))
        headers.add(name, value)
        if name == b"host":
            host = validate_host(value)
            if host is None:
                raise Refused(400, b"client sent invalid host header")
            self._request.input.host = host
            self._choose_server(host)

    def _take_pseudo(self, name: bytes, value: bytes) -> None:
        request = self._request
        if self._regular:
            raise BrokenField(b"client sent out of order pseudo-headers")
        if name == b"path":
            if request.input.unparsed_uri:
                raise BrokenField(b"client sent duplicate :path header")
            self._take_path(value)
        elif name == b"method":
            if request.method:
                raise BrokenField(b"client sent duplicate :method header")
            if not value:
                raise BrokenField(b"client sent empty :method header")
            if not _METHOD.fullmatch(value):
                raise Refused(400, b'client sent invalid method: "%b"' % value)
            request.method = value
        elif name == b"scheme":
            self._take_scheme(value)
        elif name == b"authority":
            self._take_regular(b"host", value)
        else:
            raise BrokenField(b'client sent unknown pseudo-header ":%b"' % name)

    def _take_path(self, value: bytes) -> None:
        request = self._request
        if not value:
            raise BrokenField(b"client sent empty :path header")
        request.input.unparsed_uri = value
        try:
            if not value.startswith(b"/"):
                raise InvalidURI
            request.uri, request.args = parse_target(value, request.server.of(HttpCoreServer).merge_slashes)
        except InvalidURI:
            raise Refused(400, b'client sent invalid :path header: "%b"' % value) from None

    def _take_scheme(self, value: bytes) -> None:
        if self._scheme:
            raise BrokenField(b"client sent duplicate :scheme header")
        if not value:
            raise BrokenField(b"client sent empty :scheme header")
        if not _SCHEME.fullmatch(value):
            raise Refused(400, b'client sent invalid :scheme header: "%b"' % value)
        self._scheme = value

    def _finish(self) -> None:
        request = self._request
        for value, name in (
            (request.method, b"method"),
            (self._scheme, b"scheme"),
            (request.input.unparsed_uri, b"path"),
        ):
            if not value:
                raise Refused(400, b"client sent no :%b header" % name)
        request.input.request_line = b"%b %b HTTP/2.0" % (request.method, request.input.unparsed_uri)
        headers = request.input.headers
        if self._cookies:
            headers.add(b"cookie", b"; ".join(self._cookies))
        if request.input.host is None:
            self._choose_server(b"")
            raise Refused(400, b"client sent neither :authority nor Host header")
        self._measure_body()
        if request.method in (b"CONNECT", b"TRACE"):
            raise Refused(405, b"client sent %b method" % request.method)

    def _measure_body(self) -> None:
        request_input = self._request.input
        declared = request_input.headers.get(b"content-length")
        if declared is not None:
            request_input.content_length = parse_decimal(declared)
            if request_input.content_length is None:
                raise Refused(400, b'client sent invalid "Content-Length" header')
        if b"transfer-encoding" in request_input.headers:
            raise Refused(400, b'client sent HTTP/2 request with "Transfer-Encoding" header')
        if request_input.ended and request_input.content_length:
            raise Refused(400, b"client prematurely closed stream")
        request_input.chunked = declared is None and not request_input.ended
