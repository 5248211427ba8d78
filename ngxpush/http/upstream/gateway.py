"""One request through a gateway: whom to ask, what to send, the attempts, the answer."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ..operations import ReadBody
from ..request import Request
from ..status import DONE, INTERNAL_SERVER_ERROR
from .answer import pass_answer
from .client_body import ClientBody
from .codec import Codec, RequestRefused, Target
from .connection import Tls
from .exchange import AttemptFailed, ClientFailed, ClientGone, Exchange
from .state import UpstreamState
from .target import NoTarget, find_peers, find_target
from .tls import tls_of

# The schemes with TLS.
_SECURE = frozenset((b"https", b"suwsgi", b"grpcs"))


async def pass_request(request: Request, settings: GatewayLocation, codec: Codec) -> int:
    """Pass the request on. Answer with what the server answers, or with 502 or 504."""
    if settings.pass_ is None:
        # The location is that of an `if` without a PREFIX_pass, after another `if` that has one.
        request.connection.log("alert", b"no upstream configuration", request)
        return INTERNAL_SERVER_ERROR
    codec.aim(None)
    try:
        target = find_target(request, settings.pass_, codec)
        streamed = _stream(request) if codec.is_streamed() else None
        if streamed is not None and streamed.status:
            return streamed.status
        body = await ReadBody(request) if streamed is None and settings.reads_body else b""
        if isinstance(body, int):
            return body
        codec.aim(target)
        upstream = _begin(request, target.scheme, codec.uri(target))
        sent = codec.request(streamed)
        group = await find_peers(request, settings, codec, upstream, target)
    except NoTarget as refused:
        return refused.status
    except RequestRefused:
        return INTERNAL_SERVER_ERROR
    exchange = Exchange(request, settings, codec, upstream, group, sent, _tls(request, settings, target))
    try:
        await exchange.run()
        return await pass_answer(exchange)
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


def _begin(request: Request, scheme: bytes, uri: bytes) -> UpstreamState:
    """Begin the request's upstream state. The attempts of an earlier gateway, which redirected here, are kept for the log."""
    upstream = request.upstream
    if upstream is None:
        upstream = request.upstream = UpstreamState()
    upstream.scheme, upstream.uri = scheme, uri
    return upstream


def _tls(request: Request, settings: GatewayLocation, target: Target) -> Tls | None:
    if target.scheme not in _SECURE:
        return None
    address = target.address
    return tls_of(request, settings, b"[%b]" % address.host if address.ipv6 else address.path or address.host)
