"""memcached_pass: the answer is an item of a memcached server."""

from __future__ import annotations

from ...config.directives.gateways.memcached import MemcachedLocation
from ..gateways.memcached.codec import MemcachedCodec
from ..output import set_content_type
from ..request import Request
from ..status import NOT_ALLOWED, OK
from ..upstream.gateway import pass_request


async def handle(request: Request) -> int:
    """Ask for the item, for a GET or HEAD. Its type is that of the URI's extension; a body of the client is skipped."""
    if request.method not in (b"GET", b"HEAD"):
        return NOT_ALLOWED
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    set_content_type(request)
    settings = request.location.of(MemcachedLocation)
    return await pass_request(request, settings, MemcachedCodec(request, settings))
