"""Answers that are there whole and that no filter touches: the head and the body leave in one write.

`output` asks each filter. In most locations of a push server none of them has anything to do, with any answer of these: that is
found out once for a location. What else would make a filter act on such an answer is in the request, and is asked here.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..config.configuration import Location
from ..config.directives.filters.charset import CharsetLocation
from ..config.directives.http.core import HttpCoreLocation
from .filters import charset, chunked, header, not_modified, ranges, slices
from .output import header_filters
from .request import Request
from .request_input import HTTP_10, HTTP_11

# Those whose work depends on the request: what `goes_whole` asks makes them leave the answer as it is.
_ASKED_HERE = frozenset(
    (slices.filter_header, not_modified.filter_header, charset.filter_header, ranges.filter_header, chunked.filter_header)
)


def goes_whole(request: Request, in_chunks: bool = False) -> bool:
    """Whether a 200 or a refusal that a handler has made itself can be given to `send_whole` or `send_chunks`."""
    response, known = request.response, request.http.unfiltered
    location = request.location
    unfiltered: bool | None = known.get(location)
    if unfiltered is None:
        unfiltered = known[location] = _is_unfiltered(request, location)
    return (
        unfiltered
        and request.parent is None
        and request.framing is None
        and not response.limit_rate
        and not response.sent
        and not response.error_status
        and request.input.http_version >= (HTTP_11 if in_chunks else HTTP_10)
        and request.method != b"HEAD"
        and not not_modified.concerns(request)
    )


def _is_unfiltered(request: Request, location: Location) -> bool:
    settings, redirects = location.of(HttpCoreLocation), request.http.redirects
    idle = _ASKED_HERE if redirects is None else _ASKED_HERE | {redirects.filter_header}  # these answers are no redirects
    return (
        idle.issuperset(header_filters(request))
        and location.of(CharsetLocation).charset is None
        and settings.limit_rate is None
        and settings.chunked_transfer_encoding
    )


def send_whole(request: Request, body: bytes) -> None:
    """Send the head and a body of that length."""
    request.response.content_length = len(body)
    head = header.assemble(request, is_chunked=False)
    _send(request, len(head), head + body)


def send_chunks(request: Request, pieces: Sequence[bytes]) -> None:
    """Send the head and a body of these pieces, of which none is empty, each in a chunk.

    All clients that wait for a message get the same answer at the same time: it is made once for a location.
    """
    response, last = request.response, request.http.last_chunks
    response.chunked = True
    headers, now = tuple(response.headers), int(request.connection.now())
    key = (response.last_modified, pieces, headers, now, request.keepalive, response.content_type, response.status)
    known = last.get(request.location)
    if known is None or known[0] != key:
        chunks = [chunked.chunk(piece) for piece in pieces]
        head = header.assemble(request, is_chunked=True)
        known = last[request.location] = key, len(head), b"".join((head, *chunks, chunked.LAST_CHUNK))
    _, header_size, answer = known
    _send(request, header_size, answer)


def _send(request: Request, header_size: int, answer: bytes) -> None:
    response = request.response
    response.limit_rate = 0
    response.sent = True
    response.header_size = header_size
    response.has_body = len(answer) > header_size
    response.bytes_sent += len(answer)
    request.carrier.write(answer)
