"""FastCGI as fastcgi_pass speaks it."""

from __future__ import annotations

from ....config.directives.gateways.fastcgi import FastcgiLocation
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import AddressAlone, RequestRefused, SentRequest, UrlForm
from ...upstream.headers import is_buffered
from ..cgi.parameters import parameters
from . import records
from .answer import FastcgiAnswer


class FastcgiCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = UrlForm({}, b"fastcgi")
    rewriting = None
    destination = AddressAlone()

    def __init__(self, request: Request, settings: FastcgiLocation) -> None:
        self._request = request
        self._settings = settings

    def is_streamed(self) -> bool:
        """Whether fastcgi_request_buffering is off, and has an effect. The body may come in chunks: records have lengths."""
        settings, given = self._settings, self._request.input
        if settings.request_buffering or not settings.pass_request_body or given.body is not None:
            return False
        return given.content_length is not None or given.chunked

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The records up to the body; those of the body, too, if it is in memory."""
        request, settings = self._request, self._settings
        pairs = parameters(request, settings.param, settings.pass_request_headers)
        try:
            first = records.begin(settings.keep_conn) + records.parameters(pairs)
        except records.TooLargeRecord as error:
            request.connection.log("alert", b"fastcgi request record is too big: %d" % error.args[0], request)
            raise RequestRefused from None
        file = request.input.body_file if settings.pass_request_body else None
        if streamed is None and file is None:
            first += records.stdin((request.input.body or b"") if settings.pass_request_body else b"", last=True)
        return SentRequest(first, records.stdin, streamed, file)

    def answer(self, buffer_size: int) -> FastcgiAnswer:
        """A new answer."""
        request, settings = self._request, self._settings

        def log(level: str, text: bytes) -> None:
            request.connection.log(level, text, request)

        def buffered() -> bool:
            return is_buffered(request, settings)

        to_head = request.method == b"HEAD"
        return FastcgiAnswer(log, buffer_size, settings.catch_stderr, settings.keep_conn, buffered, to_head)
