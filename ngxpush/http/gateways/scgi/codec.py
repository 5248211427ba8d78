"""SCGI as scgi_pass speaks it."""

from __future__ import annotations

from ....config.directives.gateways.scgi import ScgiLocation
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import AddressAlone, SentRequest, UrlForm
from ..cgi import body
from ..cgi.answer import CgiAnswer
from ..cgi.parameters import parameters
from .netstring import netstring


class ScgiCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = UrlForm({}, b"scgi")
    rewriting = None
    destination = AddressAlone()

    def __init__(self, request: Request, settings: ScgiLocation) -> None:
        self._request = request
        self._settings = settings

    def is_streamed(self) -> bool:
        """Whether scgi_request_buffering is off, and has an effect."""
        return body.is_streamed(self._request, self._settings)

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The parameters and the body."""
        request, settings = self._request, self._settings
        pairs = parameters(request, settings.param, settings.pass_request_headers)
        head = netstring(body.length(request, streamed), pairs)
        return body.with_body(request, settings, head, streamed)

    def answer(self, buffer_size: int) -> CgiAnswer:
        """A new answer."""
        return CgiAnswer(self._request, buffer_size)
