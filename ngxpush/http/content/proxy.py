"""proxy_pass: the request is answered by another HTTP server."""

from __future__ import annotations

from ...config.directives.gateways.proxy import ProxyLocation
from ..gateways.proxy.codec import ProxyCodec
from ..request import Request
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Pass the request on."""
    settings = request.location.of(ProxyLocation)
    return await pass_request(request, settings, ProxyCodec(request, settings))
