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

# The status of most answers. Others are adapted to theirs whenever they are made.
_DONE = 200


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
    head = _head(request)
    _send(request, len(head), head + body)


def send_chunks(request: Request, pieces: Sequence[bytes]) -> None:
    """Send the head and a body of these pieces, of which none is empty, each in a chunk.

    All clients that wait for a message get the same answer at the same time: it is made once for a location.
    """
    request.response.chunked = True
    head, last = _head(request), request.http.last_chunks
    known = last.get(request.location)
    if known is None or known[0] is not head or known[1] != pieces:
        answer = b"".join((head, *[chunked.chunk(piece) for piece in pieces], chunked.LAST_CHUNK))
        known = last[request.location] = head, pieces, answer
    _send(request, len(head), known[2])


def _head(request: Request) -> bytes:
    """The head of the answer. Those of one second that say the same are the same: it is made once for a location."""
    response, known = request.response, request.http.last_heads.get(request.location)
    if response.status != _DONE:
        return header.assemble(request, response.chunked)
    headers, now = tuple(response.headers), int(request.connection.now())
    length, last_modified = response.content_length, response.last_modified
    key = (length, last_modified, now, request.keepalive, headers, response.content_type, response.chunked)
    if known is None or known[0] != key:
        known = request.http.last_heads[request.location] = key, header.assemble(request, response.chunked)
    return known[1]


def _send(request: Request, header_size: int, answer: bytes) -> None:
    response = request.response
    response.limit_rate = 0
    response.sent = True
    response.header_size = header_size
    response.has_body = len(answer) > header_size
    response.bytes_sent += len(answer)
    request.carrier.write(answer)
