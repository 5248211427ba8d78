"""mirror: each request is also sent elsewhere, and what is answered there is thrown away. Recording mirror-to-publisher."""

from __future__ import annotations

from .operations import ReadBody
from .request import Request
from .status import DECLINED
from .subrequest import make_subrequest


async def check(request: Request) -> int:
    """Start a subrequest for each mirror of the location. DECLINED, or what to answer where the request's body can't be read.

    The answer does not wait for them; the connection's next request does.
    """
    settings = request.location.mirror
    uris = [uri for uri in settings.mirror if uri is not None]
    if not uris or request.parent is not None:
        return DECLINED
    if settings.mirror_request_body:
        body = await ReadBody(request)
        if isinstance(body, int):
            return body
    for uri in uris:
        mirrored = make_subrequest(request, uri, request.args, request.method)
        mirrored.response.header_only = True
        mirrored.background = True
        request.carrier.start(mirrored, _forget)
    return DECLINED


def _forget() -> None:
    """No one waits for the answer."""
