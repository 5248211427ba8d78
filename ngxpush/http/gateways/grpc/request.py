"""The head of a request as it is sent to a gRPC server."""

from __future__ import annotations

import re

from ....config.directives.gateways.grpc import GrpcLocation
from ...header_coding import encoded_line, encoded_text
from ...request import Request
from ...uri import escape_uri
from ...variables.evaluation import evaluate

# Lines of the client that are not passed on: nginx makes its own, or they concern the client's connection only.
_NOT_PASSED = (b"host", b"connection", b"content-length", b"transfer-encoding", b"te", b"keep-alive", b"expect", b"upgrade")
_TRAILERS = re.compile(rb"(?:^|[ ,\t])trailers(?:$|[ ;,\t])", re.IGNORECASE)

_METHODS = {b"GET": b"\x82", b"POST": b"\x83"}
_METHOD, _PATH, _AUTHORITY = b"\x42", b"\x44", b"\x41"
_ROOT = b"\x84"
_HTTP, _HTTPS = b"\x86", b"\x87"


def target_uri(request: Request) -> bytes:
    """The client's own URI if it is unchanged, else composed of its parts."""
    if request.progress.valid_unparsed_uri:
        return request.input.unparsed_uri
    path = request.uri
    if request.progress.internal or b"%" in request.input.unparsed_uri.partition(b"?")[0]:
        path = escape_uri(path)
    return path + b"?" + request.args if request.args else path


def header_block(request: Request, settings: GrpcLocation, authority: bytes, secure: bool, length: int | None) -> bytes:
    """The header block: first what HTTP/2 needs, then the lines of grpc_set_header, nginx's own, and the client's.

    length: for content-length; None for no such line.
    """
    named = {parameter.name.lower() for parameter in settings.set_header}
    uri = target_uri(request)
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
    replaced = named.union(_NOT_PASSED)
    parts += [encoded_line(name.lower(), value) for name, value in request.input.headers.lines if name.lower() not in replaced]
    return b"".join(parts)
