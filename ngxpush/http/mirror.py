"""mirror: a copy of each request is sent elsewhere, and its answer is dropped. Recording mirror-to-publisher."""

from __future__ import annotations

from functools import partial

from ..config.configuration import Location
from ..config.directives.content.mirror import MirrorLocation
from .operations import ReadBody
from .request import Request
from .status import DECLINED, Status
from .subrequest import make_subrequest


def concerns(location: Location) -> bool:
    """Whether requests of this location are copied."""
    return bool(location.of(MirrorLocation).mirror)


def check(request: Request) -> Status:
    """Start a subrequest for each mirror of the location. Returns DECLINED, or a status if the request's body can't be read.

    The answer does not wait for the subrequests; the connection's next request does.
    """
    settings = request.location.of(MirrorLocation)
    if not settings.mirror or request.parent is not None:
        return DECLINED
    return _copy(request, [uri for uri in settings.mirror if uri is not None], settings.mirror_request_body)


async def _copy(request: Request, uris: list[bytes], with_body: bool) -> int:
    if uris and with_body:
        body = await ReadBody(request)
        if isinstance(body, int):
            return body
    for uri in uris:
        mirrored = make_subrequest(request, uri, request.args, request.method)
        mirrored.progress.own_args = request.progress.own_args
        mirrored.response.header_only = True
        mirrored.background = True
        request.carrier.start(mirrored, partial(request.carrier.end_subrequest, mirrored))
    return DECLINED
