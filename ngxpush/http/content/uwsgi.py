"""uwsgi_pass: the request is answered by a uWSGI server."""

from __future__ import annotations

from ...config.directives.gateways.uwsgi import UwsgiLocation
from ..gateways.uwsgi.codec import UwsgiCodec
from ..request import Request
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Pass the request on."""
    settings = request.location.of(UwsgiLocation)
    return await pass_request(request, settings, UwsgiCodec(request, settings))
