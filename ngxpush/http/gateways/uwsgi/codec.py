"""uwsgi as uwsgi_pass speaks it."""

from __future__ import annotations

from ....config.directives.gateways.uwsgi import UwsgiLocation
from ...request import Request
from ...upstream.client_body import ClientBody
from ...upstream.codec import AddressAlone, RequestRefused, SentRequest, UrlForm
from ..cgi import body
from ..cgi.answer import CgiAnswer
from ..cgi.parameters import parameters
from .packet import TooBigRequest, packet


class UwsgiCodec:
    """One request, and the answers to it (`upstream.codec.Codec`)."""

    url_form = UrlForm({b"uwsgi": 0, b"suwsgi": 0}, b"uwsgi")
    rewriting = None
    destination = AddressAlone()

    def __init__(self, request: Request, settings: UwsgiLocation) -> None:
        self._request = request
        self._settings = settings

    def is_streamed(self) -> bool:
        """Whether uwsgi_request_buffering is off, and has an effect."""
        return body.is_streamed(self._request, self._settings)

    def request(self, streamed: ClientBody | None) -> SentRequest:
        """The packet and the body. Raises RequestRefused."""
        request, settings = self._request, self._settings
        pairs = parameters(request, settings.param, settings.pass_request_headers)
        try:
            head = packet(settings.modifier1, settings.modifier2, pairs, settings.string)
        except TooBigRequest as error:
            request.connection.log("alert", error.args[0], request)
            raise RequestRefused from None
        return body.with_body(request, settings, head, streamed)

    def answer(self, buffer_size: int) -> CgiAnswer:
        """A new answer."""
        return CgiAnswer(self._request, buffer_size)
