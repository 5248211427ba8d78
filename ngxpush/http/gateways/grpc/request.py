"""The head of a request as it is sent to a gRPC server."""

from __future__ import annotations

import re

from ....config.directives.gateways.grpc import GrpcLocation
from ...header_coding import encoded_line, encoded_text
from ...request import Request
from ...variables.evaluation import evaluate
from ..passed_on import NOT_PASSED, request_uri

_TRAILERS = re.compile(rb"(?:^|[ ,\t])trailers(?:$|[ ;,\t])", re.IGNORECASE)

_METHODS = {b"GET": b"\x82", b"POST": b"\x83"}
_METHOD, _PATH, _AUTHORITY = b"\x42", b"\x44", b"\x41"
_ROOT = b"\x84"
_HTTP, _HTTPS = b"\x86", b"\x87"


def header_block(request: Request, settings: GrpcLocation, authority: bytes, secure: bool, length: int | None) -> bytes:
    """The header block: first what HTTP/2 needs, then the lines of grpc_set_header, nginx's own, and the client's.

    length: for content-length; None for no such line.
    """
    named = {parameter.name.lower() for parameter in settings.set_header}
    uri = request_uri(request)
    parts = [
        _METHODS.get(request.method) or _METHOD + encoded_text(request.method),
        _HTTPS if secure else _HTTP,
        _ROOT if uri == b"/" else _PATH + encoded_text(uri),
    ]
    if b"host" not in named:
        parts.append(_AUTHORITY + encoded_text(authority))
    for parameter in settings.set_header:
        value = evaluate(request, parameter.value)
        if value:
            parts.append(encoded_line(parameter.name.lower(), value))
    if b"content-length" not in named and length is not None:
        parts.append(encoded_line(b"content-length", b"%d" % length))
    if b"te" not in named and _TRAILERS.search(request.input.headers.get(b"te") or b""):
        parts.append(encoded_line(b"te", b"trailers"))
    replaced = named.union(NOT_PASSED)
    parts += [encoded_line(name.lower(), value) for name, value in request.input.headers.lines if name.lower() not in replaced]
    return b"".join(parts)
