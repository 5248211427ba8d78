"""proxy_pass: the request is answered by another server."""

from __future__ import annotations

from ...config.directives.gateways.proxy import ProxyLocation
from ..operations import ReadBody
from ..request import Request
from ..status import DONE, INTERNAL_SERVER_ERROR
from ..upstream.answer import pass_answer
from ..upstream.client_body import ClientBody
from ..upstream.connection import Tls
from ..upstream.exchange import AttemptFailed, ClientFailed, ClientGone, Exchange, SentRequest
from ..upstream.request import assemble, body_file, is_streamed, request_body, request_method, streamed_body, target_uri
from ..upstream.state import Passed, UpstreamState
from ..upstream.target import NoTarget, Target, find_peers, find_target
from ..variables.evaluation import evaluate


async def handle(request: Request) -> int:
    """Pass the request on. Answer with what the server answers, or with 502 or 504."""
    settings = request.location.of(ProxyLocation)
    if settings.pass_ is None:
        # The location is that of an `if` without a proxy_pass, after another `if` that has one.
        request.connection.log("alert", b"no upstream configuration", request)
        return INTERNAL_SERVER_ERROR
    request.modules["proxy"] = Passed()
    try:
        target = find_target(request, settings.pass_)
        client_body = _stream(request) if is_streamed(request, settings) else None
        if client_body is not None and client_body.status:
            return client_body.status
        body = await ReadBody(request) if client_body is None else b""
        if isinstance(body, int):
            return body
        request.modules["proxy"] = Passed(target.host, target.port)
        upstream = _begin(request, target)
        group = await find_peers(request, upstream, target)
    except NoTarget as refused:
        return refused.status
    sent_body = request_body(request, settings) if client_body is None else streamed_body(request)
    method = request_method(request, settings)
    head = assemble(request, settings, target.host, method, upstream.uri, sent_body)
    outgoing = SentRequest(head, sent_body, client_body, body_file(request, settings))
    exchange = Exchange(request, upstream, group, outgoing, _tls(request, target))
    try:
        await exchange.run()
        return await pass_answer(exchange, method)
    except (AttemptFailed, ClientFailed) as failed:
        return failed.status
    except ClientGone:
        return DONE
    finally:
        exchange.end()


def _stream(request: Request) -> ClientBody | None:
    """Begin to read the body piece by piece; None if it is here already and is sent like a buffered one."""
    body = ClientBody()
    request.carrier.pass_body(request, body)
    if not body.ended:
        return body
    request.input.body = body.take()
    return None


def _begin(request: Request, target: Target) -> UpstreamState:
    """The request's upstream state. The attempts of an earlier proxy_pass, which redirected here, are kept for the log."""
    upstream = request.upstream
    if upstream is None:
        upstream = request.upstream = UpstreamState()
    upstream.scheme = target.scheme
    upstream.uri = target_uri(request, target.uri, target.has_variables)
    return upstream


def _tls(request: Request, target: Target) -> Tls | None:
    if target.scheme != b"https":
        return None
    settings = request.location.of(ProxyLocation)
    if not settings.ssl_server_name:
        return Tls(None)
    return Tls(target.address.host if settings.ssl_name is None else evaluate(request, settings.ssl_name))
