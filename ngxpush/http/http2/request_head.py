"""The head of a request on HTTP/2: nginx's rules for header fields, measured with nginx 1.22.1."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...config.directives.http.core import HttpCoreServer
from ..parser import UNIQUE, check_coding, check_method, is_valid_name, take_length, validate_host
from ..request import Request
from ..request_input import HTTP_20
from ..request_line import Refused
from ..uri import InvalidURI, parse_target

_BAD_NAME = re.compile(rb"[\x00-\x20\x7fA-Z:]")
_BAD_VALUE = re.compile(rb"[\x00\r\n]")
_PATH = re.compile(rb"/[^\x00-\x20\x7f]*")
_METHOD = re.compile(rb"[A-Z_-]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*")


class BrokenField(Exception):
    """A header field that ends the stream with a PROTOCOL_ERROR. The text is nginx's message, at level info."""

    def __init__(self, message: bytes) -> None:
        super().__init__(message)
        self.message = message


class RequestHead:
    """Fills a request from the fields of its head. choose_server: see `parser.RequestParser`."""

    __slots__ = ("_choose_server", "_cookies", "_request", "_scheme")

    def __init__(self, request: Request, choose_server: Callable[[bytes], None]) -> None:
        self._request = request
        self._choose_server = choose_server
        self._scheme = b""
        self._cookies: list[bytes] = []
        request.input.http_version, request.input.protocol = HTTP_20, b"HTTP/2.0"
        request.input.expect_tested = True

    def take(self, name: bytes, value: bytes) -> None:
        """Take a field. Raises BrokenField and Refused."""
        pseudo = name.startswith(b":")
        found = _BAD_NAME.search(name, 1 if pseudo else 0)
        if found is not None or not name:
            raise BrokenField(b'client sent invalid header name: "%b"' % name)
        if _BAD_VALUE.search(value):
            raise BrokenField(b'client sent header "%b" with invalid value: "%b"' % (name, value))
        if pseudo:
            self._take_pseudo(name[1:], value)
            return
        settings = self._request.server.of(HttpCoreServer)
        if settings.ignore_invalid_headers and not is_valid_name(name, settings):
            self._request.connection.log("info", b'client sent invalid header: "%b"' % name, self._request)
        elif name == b"upgrade":
            pass  # HTTP/2 has none (RFC 9113, 8.2.2); the real push stream module writes its 101 between the frames
        elif name == b"cookie":
            self._cookies.append(value)
        else:
            self._take_regular(name, value)

    def _take_regular(self, name: bytes, value: bytes) -> None:
        headers = self._request.input.headers
        if name in UNIQUE and name in headers:
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
        if name == b"path":
            if request.input.unparsed_uri:
                raise Refused(400, b"client sent duplicate :path header")
            self._take_path(value)
        elif name == b"method":
            if request.method:
                raise Refused(400, b"client sent duplicate :method header")
            if not value:
                raise Refused(400, b"client sent empty :method header")
            if not _METHOD.fullmatch(value):
                raise Refused(400, b'client sent invalid method: "%b"' % value)
            request.method = value
        elif name == b"scheme":
            self._take_scheme(value)
        elif name == b"authority":
            self._take_regular(b"host", value)
        else:
            raise Refused(400, b'client sent unknown pseudo-header ":%b"' % name)

    def _take_path(self, value: bytes) -> None:
        request = self._request
        if not value:
            raise Refused(400, b"client sent empty :path header")
        request.input.unparsed_uri = value
        if not _PATH.fullmatch(value):
            raise Refused(400, b'client sent invalid :path header: "%b"' % value)
        try:
            request.uri, request.args = parse_target(value, request.server.of(HttpCoreServer).merge_slashes)
        except InvalidURI:
            raise Refused(400, b"client sent invalid request") from None

    def _take_scheme(self, value: bytes) -> None:
        if self._scheme:
            raise Refused(400, b"client sent duplicate :scheme header")
        if not value:
            raise Refused(400, b"client sent empty :scheme header")
        if not _SCHEME.fullmatch(value):
            raise Refused(400, b'client sent invalid :scheme header: "%b"' % value)
        self._scheme = value

    def finish(self) -> None:
        """The head is whole. Raises Refused."""
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
            raise Refused(400, b'client sent HTTP/1.1 request without "Host" header')
        self._measure_body()

    def _measure_body(self) -> None:
        request_input = self._request.input
        take_length(self._request)
        coding = request_input.headers.get(b"transfer-encoding")
        if coding is not None:
            check_coding(self._request, coding)
        check_method(self._request)
        if request_input.ended and request_input.content_length:
            raise Refused(400, b"client prematurely closed stream")
        if request_input.content_length is None and not request_input.ended:
            request_input.chunked = True
