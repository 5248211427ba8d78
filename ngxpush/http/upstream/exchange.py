"""One request at the servers of a group: the attempts until one answers.

Recordings: core_access_proxy/upstream-next-upstream-*, upstream-all-dead, proxy-504-read-timeout.
"""

from __future__ import annotations

import errno
import math

from ...config.directives.gateways.location import GatewayLocation
from ..operations import WAITING, Next, NotEnoughConnections, Open
from ..request import Request
from ..status import CLIENT_CLOSED_REQUEST
from ..system_errors import words
from .balancing import balancer
from .codec import Codec, SentRequest, ServerAnswer
from .connection import Endpoint, Happening, PeerConnection, PeerEvent, Tls
from .failures import AttemptFailed, ClientFailed, ClientGone
from .headers import obey
from .local_address import local_address
from .outflow import FileOutflow, Outflow
from .peers import Peer, PeerGroup, Selection
from .response import Head, InvalidHeader, TooBigHeader
from .state import Attempt, UpstreamState

CONNECTING = b"connecting to upstream"
SENDING = b"sending request to upstream"
READING_HEADER = b"reading response header from upstream"
READING = b"reading upstream"
SENDING_TO_CLIENT = b"sending to client"
TIMED_OUT = b"upstream timed out (110: Connection timed out)"

# Methods that are sent to a second server only if proxy_next_upstream allows it: they might take effect twice.
_NON_IDEMPOTENT = frozenset((b"POST", b"LOCK", b"PATCH"))
ERRORS = (500, 502, 503, 504, 403, 404, 429)
# Bytes of a body that wait for the answers of subrequests before them. nginx keeps as many in a temporary file, and more.
_MOST_KEPT = 32 * 1024 * 1024
# Errors of connecting to a unix socket that nginx logs at level crit.
_CRITICAL = frozenset((errno.ENOENT, errno.EACCES, errno.EPERM))


class Exchange:
    """The attempts of one request. After `run` it has the answer of the last one, whose head is whole, and its connection."""

    def __init__(
        self,
        request: Request,
        settings: GatewayLocation,
        codec: Codec,
        upstream: UpstreamState,
        group: PeerGroup,
        outgoing: SentRequest,
        tls: Tls | None,
    ) -> None:
        self.request = request
        self.settings = settings
        self.codec = codec
        self.upstream = upstream
        self.group = group
        self.body_sent = False
        self._outgoing = outgoing
        self._answer: ServerAnswer | None = None
        self._tls = tls
        self._selection = Selection(group, balancer(request, group), settings.next_upstream_tries)
        self._began = request.now
        self._outflow: Outflow | None = None
        self._peer: Peer | None = None
        self._connection: PeerConnection | None = None
        self._request_sent = False
        self._cached = False
        self._local_address = local_address(request, settings)

    @property
    def buffer_size(self) -> int:
        """The bytes of the buffer for the head."""
        cache = self.upstream.cache
        return self.settings.buffer_size - (0 if cache is None else cache.before_head)

    @property
    def connection(self) -> PeerConnection:
        """The connection of the present attempt."""
        assert self._connection is not None
        return self._connection

    @property
    def answer(self) -> ServerAnswer:
        """The answer of the present attempt."""
        assert self._answer is not None
        return self._answer

    @property
    def head(self) -> Head:
        """The head of that answer."""
        return self.answer.head

    @property
    def attempt(self) -> Attempt:
        return self.upstream.attempts[-1]

    async def run(self) -> None:
        """Try servers until one answers. Raises AttemptFailed with the status for the client, or ClientGone."""
        while True:
            self.upstream.action = CONNECTING
            peer = self._selection.next(self.request.now)
            self.upstream.attempts.append(Attempt(self.group.name if peer is None else peer.name, self.request.now))
            if peer is None:
                self.attempt.status, self.attempt.response_time = 502, 0.0
                self.log("error", b"no live upstreams")
                raise AttemptFailed("", 502)
            self._peer = peer
            try:
                await self._attempt(peer)
                return
            except AttemptFailed as failed:
                is_gone = self.request.main.framing is not None and self.request.main.gone  # nginx knows it only of HTTP/2
                if failed.reason == "machine":
                    self.attempt.peer = b""  # nginx notes it when it connects (recording found-upstream/local-address-that-fails)
                elif failed.reason != "certificate" and not is_gone:
                    self.attempt.status = failed.status
                self._end_attempt(failed)
                if failed.reason == "timeout":
                    self.log("error", TIMED_OUT)
                goes_on = not is_gone and self._selection.tries > 0 and self._may_try_next(failed.reason)
                self._close(silently=goes_on)
                if is_gone:
                    raise ClientFailed(CLIENT_CLOSED_REQUEST) from None
                if not goes_on:
                    raise

    async def _attempt(self, peer: Peer) -> None:
        await self._connect(peer)
        self._send()
        await self._read_head()
        status = self.attempt.status = self.head.status
        if status in ERRORS and self._selection.tries > 1 and self._may_try_next(f"http_{status}"):
            raise AttemptFailed(f"http_{status}", status)

    async def _connect(self, peer: Peer) -> None:
        idle = None if self.group.idle is None else self.group.idle.take(peer.name)
        self._cached = idle is not None
        if idle is not None:
            self._connection = idle
            self.heed_client()
        else:
            tls = None if self._tls is None else self._tls.resuming(peer.sessions)
            self._connection = await self._open(Endpoint(peer.host, peer.port, peer.path, tls, self._local_address))
            self.heed_client()
            event = await self.next_event(self.settings.connect_timeout)
            if event.happening is not Happening.CONNECTED:
                self._connect_failed(event, peer)
        self.attempt.connect_time = self.request.now - self.attempt.started

    async def _open(self, endpoint: Endpoint) -> PeerConnection:
        try:
            return await Open(endpoint)
        except NotEnoughConnections as error:
            self.log("alert", b"%d worker_connections are not enough" % error.most)
            raise AttemptFailed("machine", 500) from None

    def heed_client(self) -> None:
        """Be called when the client leaves, unless PREFIX_ignore_client_abort is on or the answer is, or may be, kept."""
        request, cache = self.request, self.upstream.cache
        kept = self.settings.store or (cache is not None and cache.cacheable)
        request.main.outlives_client = bool(self.settings.ignore_client_abort or kept)
        if request.main.outlives_client:
            request.on_close = None
        elif not request.background:
            request.on_close = self.connection.client_left

    def _connect_failed(self, event: PeerEvent, peer: Peer) -> None:
        if self.connection.is_handshaking:
            self.upstream.action = b"SSL handshaking to upstream"
        if event.happening is Happening.TIMED_OUT:
            raise AttemptFailed("timeout", 504)
        if event.happening is Happening.NOT_BOUND:
            assert event.error is not None
            self.log("crit", b"bind(%b) failed (%b)" % (event.data, words(event.error)))
            raise AttemptFailed("machine", 500)
        if event.fault is not None:
            self.log(event.fault.level, event.fault.text)
            raise AttemptFailed("certificate", 500) if event.happening is Happening.NO_CERTIFICATE else AttemptFailed("error")
        error = event.error or ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        call = b"connect()" if peer.path is None else b"connect() to %b" % peer.name
        level = "crit" if peer.path is not None and error.errno in _CRITICAL else "error"
        self.log(level, b"%b failed (%b)" % (call, words(error)))
        raise AttemptFailed("error")

    def _send(self) -> None:
        outgoing = self._outgoing
        self._request_sent = True
        self.upstream.action = SENDING
        if outgoing.streamed is not None:
            if outgoing.streamed.status:  # while the server was connected to
                raise ClientFailed(outgoing.streamed.status)
            outgoing.streamed.pass_to(self.connection, outgoing.frame)
        body = outgoing.streamed or (None if outgoing.file is None else FileOutflow(outgoing.file, outgoing.frame))
        self.pass_on(body if outgoing.dialogue is None else outgoing.dialogue.open(self.connection, body), outgoing.first)

    def _write(self, data: bytes) -> None:
        if data:
            self.connection.send(data)
            self.attempt.bytes_sent += len(data)

    def pass_on(self, outflow: Outflow | None, first: bytes = b"") -> None:
        """Send this as fast as the server takes it, from now on. None: everything is sent.

        first: what goes before it, at once and together with its first piece.
        """
        self._outflow = outflow
        self.body_sent = outflow is None
        if outflow is None or self.connection.is_full:
            self._write(first)
        else:
            self._pass_on(first)

    def _pass_on(self, first: bytes = b"") -> None:
        outflow = self._outflow
        while outflow is not None and not self.connection.is_full:
            data, first = first + outflow.next(), b""
            self._write(data)
            if outflow.is_sent:
                self.body_sent = True
                self._outflow = outflow = None
            elif not data:
                return

    def reply(self) -> None:
        """After a read: send what is to be said in return, and of the request what the server allows by now."""
        if self._outgoing.dialogue is not None:
            self._go_on()

    def _go_on(self) -> None:
        if self._outgoing.dialogue is not None:
            self._write(self._outgoing.dialogue.reply())
        if self._outflow is not None and self.attempt.header_time is None:
            self.upstream.action = SENDING
        self._pass_on()

    @property
    def _is_blocked(self) -> bool:
        """Whether the server keeps the request from going on."""
        dialogue = self._outgoing.dialogue
        return self._outflow is not None and (self.connection.is_full or (dialogue is not None and dialogue.is_blocked))

    async def _read_head(self) -> None:
        answer = self._answer = self.codec.answer(self.buffer_size)
        self.upstream.headers = answer.head.headers
        try:
            await self._read_whole_head(answer)
        finally:
            obey(self.request, self.settings, answer.head)
        self.attempt.header_time = self.request.now - self.attempt.started

    async def _read_whole_head(self, answer: ServerAnswer) -> None:
        while True:
            event = await self.next_event(self.settings.read_timeout)
            stalls = self.connection.unsent or self._is_blocked
            if event.happening is Happening.TIMED_OUT and self._outflow is not None and not stalls:
                continue  # the server waits for the client, whose time is client_body_timeout
            if event.happening is not Happening.TIMED_OUT or not stalls:
                self.upstream.action = READING_HEADER
            if event.happening is not Happening.DATA:
                raise self._broken(event)
            whole = self._take_head(answer, event.data)
            self.reply()
            if whole:
                return

    def _take_head(self, answer: ServerAnswer, data: bytes) -> bool:
        """Take bytes of the head. Returns whether it is whole. What does not fit into the buffer is not received yet."""
        try:
            return answer.feed(data) is not None
        except InvalidHeader as error:
            self.log("error", error.args[0])
            raise AttemptFailed("invalid_header") from None
        except TooBigHeader:
            self.log("error", b"upstream sent too big header")
            raise AttemptFailed("invalid_header") from None
        finally:
            self.attempt.bytes_received += len(data) - len(answer.unread)
            self.upstream.headers = answer.head.headers

    def _broken(self, event: PeerEvent) -> AttemptFailed:
        """The failure of an attempt whose head does not come."""
        if event.happening is Happening.TIMED_OUT:
            return AttemptFailed("timeout", 504)
        if event.fault is not None:
            self.log(event.fault.level, event.fault.text)
        elif event.error is not None:
            self.log_broken(event.error)
        else:
            self.log("error", b"upstream prematurely closed connection")
        return AttemptFailed("error")

    def log_broken(self, error: OSError, call: bytes = b"recv()") -> None:
        self.log("error", b"%b failed (%b)" % (call, words(error)))

    async def next_event(self, milliseconds: int) -> PeerEvent:
        """Wait for the next event of the server, at most so long; what the client sends is passed on meanwhile.

        While the client does not take what was sent to it, or too much waits for its turn, nothing is taken from the server, and
        no time is up. Raises ClientGone and ClientFailed.
        """
        while True:
            held = self._is_held()
            event = await Next(self.connection, None if held else self._patience(milliseconds), held)
            if not self._is_beside(event):
                return event

    def _is_held(self) -> bool:
        output = self.request.response.output
        if output is not None and output.kept > _MOST_KEPT:
            output.wait(self._client_taken)
            return True
        return self.request.carrier.drain(self.request, self._client_taken) is WAITING

    def _patience(self, milliseconds: int) -> int:
        """How long to wait if a read may take so long: the server may also have to take more of the request first."""
        send_timeout = self.settings.send_timeout
        if not self._is_blocked:
            return milliseconds
        # Once the answer has begun, a server that does not widen its window is also waited for as one that does not send.
        return send_timeout if self.connection.is_full or self.attempt.header_time is None else min(send_timeout, milliseconds)

    async def pause(self, seconds: float) -> None:
        """Take nothing from the server for so long; else as `next_event`."""
        until = self.request.now + seconds
        while (left := math.ceil((until - self.request.now) * 1000)) > 0:
            self._is_beside(await Next(self.connection, left, held=True))

    def _is_beside(self, event: PeerEvent) -> bool:
        """Whether an event is about the client, or about what is sent to the server. It is dealt with then."""
        if event.happening is Happening.CLIENT_LEFT:
            raise ClientGone
        if event.happening is Happening.CLIENT_FAILED and self._outgoing.streamed is not None:
            raise ClientFailed(self._outgoing.streamed.status)
        if event.happening is Happening.TAKEN or event.happening is Happening.CLIENT_DATA:
            self._go_on()
            return True
        return event.happening is Happening.CLIENT_TAKEN

    def _client_taken(self, nothing: object) -> None:
        if self._connection is not None:
            self._connection.client_taken()

    def log(self, level: str, text: bytes) -> None:
        """Write a line about the present server to the error log."""
        self.request.connection.log(level, text, self.request)

    def _may_try_next(self, reason: str) -> bool:
        settings = self.settings
        allowed = settings.next_upstream
        if "off" in allowed or reason not in allowed or (self._request_sent and self._outgoing.streamed is not None):
            return False
        if self._request_sent and self.request.method in _NON_IDEMPOTENT and "non_idempotent" not in allowed:
            return False
        spent = (self.request.now - self._began) * 1000
        return not (settings.next_upstream_timeout and spent >= settings.next_upstream_timeout)

    def _end_attempt(self, failed: AttemptFailed | None) -> None:
        """Free the peer; its connection may still be open.

        An idle connection that was closed by the server does not count as a failure of the server.
        """
        self.request.main.progress.log_action = SENDING_TO_CLIENT
        peer, self._peer = self._peer, None
        counts = failed is not None and failed.reason not in ("http_403", "http_404", "machine", "certificate")
        if peer is not None and self._selection.free(peer, counts, self.request.now):
            self.log("warn", b"upstream server temporarily disabled")
        self.attempt.response_time = self.request.now - self.attempt.started
        if peer is not None and failed is not None and failed.reason == "error" and self._cached:
            self._selection.tries += 1

    def _close(self, silently: bool = False) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close(silently)

    def end(self, reusable: bool = False) -> None:
        """End the exchange. reusable: the connection may carry another request."""
        if self.upstream.action:  # else it has ended, and a redirect may have begun
            self.request.main.progress.log_action = SENDING_TO_CLIENT
        self.request.on_close = None
        self.request.main.outlives_client = False
        if self._outgoing.streamed is not None:
            self._outgoing.streamed.stop()
        settings, connection = self.group.settings, self._connection
        if reusable and connection is not None and settings is not None and self.group.idle is not None:
            connection.requests += 1
            age = (self.request.now - connection.made) * 1000
            if connection.requests < settings.keepalive_requests and age <= settings.keepalive_time:
                self._connection = None
                self.group.idle.put(self.attempt.peer, connection, settings.keepalive_timeout)
        if self._peer is not None or self._connection is not None:
            self._close()
            self._end_attempt(None)
        self.upstream.action = b""
