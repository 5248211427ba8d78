"""The request as it is sent to a server. Recordings: core_access_proxy/proxy-uri-*, proxy-set-header-*, proxy-method-*."""

from __future__ import annotations

from msgspec import Struct

from ....config.directives.gateways.proxy import ProxyLocation
from ...operations import BodyFile
from ...request import Request
from ...variables.evaluation import evaluate
from ..passed_on import NOT_PASSED, awaits_body, composed_uri, request_uri


class Body(Struct, frozen=True):
    """The body to send. data: what has come already.  length: for Content-Length; None for no such line.

    chunked: it is sent in chunks.
    """

    data: bytes
    length: int | None
    chunked: bool = False


def target_uri(request: Request, uri: bytes, has_variables: bool) -> bytes:
    """The URI to request: the client's own if it is unchanged, else composed of its parts.

    uri: the URI of proxy_pass; empty if it has none.
    """
    if has_variables and uri:
        return uri
    if not uri:
        return request_uri(request)
    # After a `rewrite … break` the URI need not begin with the location's name: nginx then does not use the URI of proxy_pass.
    if not request.progress.valid_location:
        return composed_uri(request, b"", 0)
    return composed_uri(request, uri, len(request.location.name))


def is_streamed(request: Request, settings: ProxyLocation) -> bool:
    """Whether the body is passed on as it comes. HTTP/1.0 can't do so without a known length."""
    if (
        settings.request_buffering
        or settings.set_body is not None
        or not settings.pass_request_body
        or request.input.body is not None
    ):
        return False
    return awaits_body(request) and (not request.input.chunked or settings.http_version == b"1.1")


def streamed_body(request: Request) -> Body:
    """The Body for one that is passed on as it comes."""
    return Body(b"", request.input.content_length, request.input.chunked)


def request_body(request: Request, settings: ProxyLocation) -> Body:
    """The body that is sent once the client's is read (`request.input`); of one that is in a file, its length."""
    if settings.set_body is not None:
        text = evaluate(request, settings.set_body)
        return Body(text, len(text))
    data = request.input.body or b""
    size = len(data) if request.input.body_file is None else request.input.body_file.size
    announced = size if request.input.chunked else request.input.content_length
    return Body(data if settings.pass_request_body else b"", announced)


def body_file(request: Request, settings: ProxyLocation) -> BodyFile | None:
    """The file to send as the body; None if the body is in memory, or is not that of the client."""
    file: BodyFile | None = request.input.body_file
    return file if settings.set_body is None and settings.pass_request_body else None


def request_method(request: Request, settings: ProxyLocation) -> bytes:
    """The client's method, or that of proxy_method."""
    return request.method if settings.method is None else evaluate(request, settings.method)


def assemble(request: Request, settings: ProxyLocation, host: bytes, method: bytes, uri: bytes, body: Body) -> bytes:
    """The head of the request with its empty line: first the lines of proxy_set_header, then nginx's own, then the client's."""
    lines = [b"%b %b HTTP/%b\r\n" % (method, uri, settings.http_version)]
    named = {parameter.name.lower() for parameter in settings.set_header}
    for parameter in settings.set_header:
        value = evaluate(request, parameter.value)
        if value:
            lines.append(b"%b: %b\r\n" % (parameter.name, value))
    if b"host" not in named:
        lines.append(b"Host: %b\r\n" % host)
    if b"connection" not in named:
        lines.append(b"Connection: close\r\n")
    if b"content-length" not in named and body.length is not None:
        lines.append(b"Content-Length: %d\r\n" % body.length)
    if b"transfer-encoding" not in named and body.chunked:
        lines.append(b"Transfer-Encoding: chunked\r\n")
    conditions = () if request.upstream is None or request.upstream.cache is None else request.upstream.cache.conditions
    lines += [b"%b: %b\r\n" % line for line in conditions if line[1] and line[0].lower() not in named]
    if settings.pass_request_headers:
        replaced = named.union(NOT_PASSED, (name.lower() for name, _ in conditions))
        lines += [b"%b: %b\r\n" % line for line in request.input.headers.lines if line[0].lower() not in replaced]
    lines.append(b"\r\n")
    return b"".join(lines)
