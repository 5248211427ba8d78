"""fastcgi_pass: the request is answered by a FastCGI server."""

from __future__ import annotations

from ...config.directives.gateways.fastcgi import FastcgiLocation
from ..gateways.fastcgi.codec import FastcgiCodec
from ..request import Request
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Pass the request on."""
    settings = request.location.of(FastcgiLocation)
    return await pass_request(request, settings, FastcgiCodec(request, settings))
