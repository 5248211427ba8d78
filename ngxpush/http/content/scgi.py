"""scgi_pass: the request is answered by a SCGI server."""

from __future__ import annotations

from ...config.directives.gateways.scgi import ScgiLocation
from ..gateways.scgi.codec import ScgiCodec
from ..request import Request
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Pass the request on."""
    settings = request.location.of(ScgiLocation)
    return await pass_request(request, settings, ScgiCodec(request, settings))
