"""One request through a gateway: whom to ask, what to send, the attempts, the answer."""

from __future__ import annotations

from msgspec import Struct

from ...config.directives.gateways.location import GatewayLocation
from ..operations import ReadBody
from ..request import Request
from ..status import DONE, INTERNAL_SERVER_ERROR
from .answer import pass_answer
from .cached_answer import parse_head, send_cached
from .caching import Caching, NoCache
from .client_body import ClientBody
from .codec import Codec, RequestRefused, Target
from .connection import Tls
from .exchange import ERRORS, SENDING_TO_CLIENT, Exchange
from .failures import AttemptFailed, ClientFailed, ClientGone
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
    if request.upstream is not None:
        request.upstream.attempts, request.upstream.headers, request.upstream.trailers = [], [], []
    codec.destination.aim(None)
    try:
        target = find_target(request, settings.pass_, codec)
        codec.destination.aim(target)
        streamed = _stream(request) if codec.is_streamed() else None
        if streamed is not None and streamed.status:
            return streamed.status
        body = await ReadBody(request) if streamed is None and settings.reads_body else b""
        if isinstance(body, int):
            return body
        upstream = _begin(request, target.scheme, codec.destination.uri(target))
        caching = Caching.of(request, settings, upstream, codec.destination)
    except NoTarget as refused:
        return refused.status
    except NoCache:
        return INTERNAL_SERVER_ERROR
    passing = _Passing(request, settings, codec, upstream, target, streamed)
    if caching is None:
        return await passing.ask(None)
    try:
        return await passing.cached(caching)
    finally:
        caching.end()


class _Passing(Struct, frozen=True):
    """One request whose target is known."""

    request: Request
    settings: GatewayLocation
    codec: Codec
    upstream: UpstreamState
    target: Target
    streamed: ClientBody | None

    async def cached(self, caching: Caching) -> int:
        """Answer from the cache, or ask a server."""
        try:
            found = await caching.find()
        except OSError:  # it is logged
            return INTERNAL_SERVER_ERROR
        if found:
            status = await self._send_cached(caching)
            if status is not None:
                return status
            caching.use.status = b"MISS"
        elif caching.place.error:
            return caching.place.error
        return await self.ask(caching)

    async def ask(self, caching: Caching | None) -> int:
        """Ask the servers of the target until one answers."""
        try:
            sent = self.codec.request(self.streamed)
            self.upstream.begin_round()
            group = await find_peers(self.request, self.settings, self.codec, self.upstream, self.target)
        except NoTarget as refused:
            self.request.main.progress.log_action = SENDING_TO_CLIENT
            return refused.status
        except RequestRefused:
            return INTERNAL_SERVER_ERROR
        tls = _tls(self.request, self.settings, self.target)
        exchange = Exchange(self.request, self.settings, self.codec, self.upstream, group, sent, tls)
        try:
            await exchange.run()
            return await pass_answer(exchange, None) if caching is None else await self._answer(exchange, caching)
        except AttemptFailed as failed:
            return failed.status if caching is None else await self._failed(failed, caching)
        except ClientFailed as failed:
            return failed.status
        except ClientGone:
            return DONE
        finally:
            exchange.end()

    async def _answer(self, exchange: Exchange, caching: Caching) -> int:
        """Send a server's answer, or the old one in its place."""
        head = exchange.head
        caching.read(head)
        if head.status in ERRORS and caching.takes_old(f"http_{head.status}"):
            exchange.end()
            return await self._send_old(caching)
        if not caching.is_renewed(head):
            return await pass_answer(exchange, caching)
        exchange.end(exchange.answer.keeps_open and exchange.body_sent and not exchange.answer.unread)
        old = parse_head(caching.place.head)
        status = await self._send_old(caching)
        if old is not None:
            caching.renew(old)
        return status

    async def _failed(self, failed: AttemptFailed, caching: Caching) -> int:
        if caching.takes_old(failed.reason):
            return await self._send_old(caching)
        caching.keep_error(failed.status)
        return failed.status

    async def _send_old(self, caching: Caching) -> int:
        status = await self._send_cached(caching)
        return INTERNAL_SERVER_ERROR if status is None else status

    async def _send_cached(self, caching: Caching) -> int | None:
        return await send_cached(self.request, self.settings, self.upstream, self.codec.rewriting, caching)


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
