"""What is passed on of the client's request."""

from __future__ import annotations

from ..request import Request
from ..uri import escape_uri

NOT_PASSED = (b"host", b"connection", b"content-length", b"transfer-encoding", b"te", b"keep-alive", b"expect", b"upgrade")
"""Lines that are not passed on: nginx makes its own, or they concern the client's connection only."""


def awaits_body(request: Request) -> bool:
    """Whether bytes of a body come; on HTTP/2 also a client that has announced none, but has not ended its request."""
    return request.input.has_body or (request.main.framing is not None and not request.input.ended)


def request_uri(request: Request) -> bytes:
    """The client's own URI if it is unchanged, else composed of its parts."""
    return request.input.unparsed_uri if request.progress.valid_unparsed_uri else composed_uri(request, b"", 0)


def composed_uri(request: Request, before: bytes, replaced: int) -> bytes:
    """The URI of its parts. before: what stands in place of the first `replaced` bytes of the path."""
    rest = request.uri[replaced:]
    if request.progress.internal or b"%" in request.input.unparsed_uri.partition(b"?")[0]:
        rest = escape_uri(rest)
    path = before + rest
    return path + b"?" + request.args if request.args else path
