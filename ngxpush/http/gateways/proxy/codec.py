"""HTTP as proxy_pass speaks it."""

from __future__ import annotations

from ....config.directives.gateways.proxy import ProxyLocation
from ...filters.chunked import LAST_CHUNK, chunk
from ...request import Request
from ...upstream.body import BodyReader, ByChunks, ByLength, UntilClose
from ...upstream.client_body import ClientBody
from ...upstream.codec import SentRequest, Target, UrlForm
from ...upstream.outflow import unframed
from ...upstream.response import Head, HeadParser
from ...upstream.state import Passed
from . import request as sent
from .rewriting import ProxyRewriting

_URL_FORM = UrlForm({b"http": 80, b"https": 443}, None, uri_part=True)
_SWITCHING_PROTOCOLS = 101
_WITHOUT_BODY = frozenset((204, 304))


class ProxyCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = _URL_FORM

    def __init__(self, request: Request, settings: ProxyLocation) -> None:
        self._request = request
        self._settings = settings
        self._method = b""
        self.destination = HttpDestination(request)
        self.rewriting = ProxyRewriting(request, settings)

    def is_streamed(self) -> bool:
        """Whether proxy_request_buffering is off, and HTTP of that version can do so."""
        return sent.is_streamed(self._request, self._settings)

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """Head and body."""
        request, settings = self._request, self._settings
        body = sent.request_body(request, settings) if streamed is None else sent.streamed_body(request)
        converted = request.upstream is not None and request.upstream.head_as_get
        self._method = b"GET" if converted else sent.request_method(request, settings)
        head = sent.assemble(request, settings, self.destination.host, self._method, self.destination.request_target, body)
        return SentRequest(head + body.data, _chunk if body.chunked else unframed, streamed, sent.body_file(request, settings))

    def answer(self, buffer_size: int) -> HttpAnswer:
        """A new answer."""
        return HttpAnswer(self._request, buffer_size, self._method)


class HttpDestination:
    """The server and the URI that are asked for (`upstream.codec.Destination`).

    host: for the line Host and $proxy_host.  request_target: the URI.
    """

    def __init__(self, request: Request) -> None:
        self.host = b""
        self.request_target = b""
        self._request = request
        self._target: Target | None = None

    def aim(self, target: Target | None) -> None:
        """Set $proxy_host and $proxy_port."""
        if target is None:
            self._request.modules["proxy"] = Passed()
            return
        self.host = _host(target)
        port = b"" if target.address.path is not None else b"%d" % target.address.port
        self._request.modules["proxy"] = Passed(self.host, port)

    def uri(self, target: Target) -> bytes:
        """The URI that is asked for."""
        self._target = target
        self.request_target = sent.target_uri(self._request, target.uri, target.has_variables)
        return self.request_target

    @property
    def cache_key(self) -> bytes:
        """The URL that is asked for."""
        target = self._target
        assert target is not None
        host = self.host if target.address.path is None else b"unix:%b:" % target.address.path
        return b"%b://%b%b" % (target.scheme, host, self.request_target)


def _host(target: Target) -> bytes:
    """$proxy_host: without the port, if that is the default of the scheme."""
    address = target.address
    if address.path is not None:
        return b"localhost"
    host = b"[%b]" % address.host if address.ipv6 else address.host
    return host if address.port == _URL_FORM.ports[target.scheme] else b"%b:%d" % (host, address.port)


def _chunk(data: bytes, last: bool) -> bytes:
    return (chunk(data) if data else b"") + (LAST_CHUNK if last else b"")


class HttpAnswer:
    """One answer (`upstream.codec.ServerAnswer`)."""

    def __init__(self, request: Request, buffer_size: int, method: bytes) -> None:
        self._request = request
        self._method = method
        self._parser = HeadParser(buffer_size)
        self.head = self._parser.head

    @property
    def rest(self) -> bytes:
        return self._parser.rest

    @property
    def unread(self) -> bytes:
        return self._parser.unread

    def feed(self, data: bytes) -> Head | None:
        """Take bytes of the head. One without a head is of HTTP/0.9; where there is a cache, nginx finds no fault in it."""
        head = self._parser.feed(data)
        if head is None or head.http:
            return head
        if self._request.upstream is not None and self._request.upstream.cache is not None:
            head.status = 0
        else:
            self._request.connection.log("error", b"upstream sent no valid HTTP/1.0 header", self._request)
        return head

    def body(self) -> BodyReader:
        """By chunks, by the length, or until the connection ends."""
        head = self.head
        if head.status in _WITHOUT_BODY or self._method == b"HEAD":
            return ByLength(0)
        if head.chunked:
            return ByChunks()
        return UntilClose() if head.content_length is None else ByLength(head.content_length)

    @property
    def upgraded(self) -> bool:
        return self.head.status == _SWITCHING_PROTOCOLS and b"upgrade" in self._request.input.headers

    @property
    def keeps_open(self) -> bool:
        return not self.head.connection_close
