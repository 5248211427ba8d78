"""One connection: its state, and the life of the requests on it, one after the other.

`events` takes what comes from outside. The transport gets bytes, orders to close, and two wishes: `wants_bytes` and `deadline`
(see `surroundings.Transport`).

A request ends in one place, `_go_on`: when its answer is whole, its handler has returned, no subrequest is left, and limit_rate
holds nothing back. Handlers, sinks, subrequests and the transport only note what they have done. `settle` then looks at the state
of the request, and goes on as long as there is something to do. So nothing depends on the order of calls, pipelined requests
need no stack, and an event may come while another one is handled.
"""

from __future__ import annotations

from collections.abc import Callable

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from .. import phases
from ..proxy_protocol import ProxyProtocol
from ..request import BodyReceiver, Request
from ..request_input import RequestInput
from ..routing import Listener
from ..status import BAD_REQUEST, CLIENT_CLOSED_REQUEST
from . import states
from .departure import LEFT, words_of_departure
from .facts import ConnectionFacts
from .incoming_body import IncomingBody
from .incoming_head import IncomingHead, begin_request, take_plain_head
from .lingering import end_of_lingering, lingers
from .serving import Begin, Serving
from .states import LEADS_TO, READING, Event, State
from .surroundings import Hosting, Transport

# About how many bytes are kept for later; more are left in the socket.
_MOST_PENDING = 64 * 1024

# Seconds: a timer that would move by less stays where it is, as in nginx.
_LAZY = 0.3


class Connection:
    """One client's connection.

    client, server: the addresses of the two ends: text and port; `unix:…` and 0 on a unix socket.
    facts: what its requests know of it.
    state: changes only in `enter`.  deadline: on the clock of `Hosting.time`; None for none.
    head: the head that is coming, in HEAD.  serving: the request, from its first byte until it is logged.
    spoiled_by: see `line.Line`.  linger_until: see `lingering.end_of_lingering`.
    received: called with the client's bytes in TUNNEL.  receiver: in TUNNEL, what may be full; None if nothing may.
    """

    __slots__ = (
        "_pending",
        "deadline",
        "facts",
        "head",
        "hosting",
        "linger_until",
        "listener",
        "received",
        "receiver",
        "serving",
        "spoiled_by",
        "state",
        "transport",
    )

    def __init__(
        self,
        hosting: Hosting,
        transport: Transport,
        listener: Listener,
        client: tuple[bytes, int],
        server: tuple[bytes, int],
        proxy_protocol: ProxyProtocol | None = None,
    ) -> None:
        self.hosting = hosting
        self.transport = transport
        self.listener = listener.at(server[0])
        self.facts = ConnectionFacts(hosting, self.listener, client, server, proxy_protocol)
        self.spoiled_by = self.linger_until = 0
        self.state = states.WAITING
        self.deadline: float | None = None
        self.head: IncomingHead | None = None
        self.serving: Serving | None = None
        self.received: Callable[[bytes], None] | None = None
        self.receiver: BodyReceiver | None = None
        self._pending = b""
        hosting.reusable[self] = None
        self.wait(self.listener.default_server.of(HttpCoreServer).client_header_timeout)

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """Write a line to the error log."""
        self.facts.log(level, text, request)

    # The present state

    @property
    def request(self) -> Request | None:
        """The request whose head is coming, or that is served."""
        return None if self.serving is None else self.serving.request

    @property
    def present_requests(self) -> tuple[Request, ...]:
        """`request`, if there is one."""
        return () if self.serving is None else (self.serving.request,)

    @property
    def wants_bytes(self) -> bool:
        """Whether the transport is to read on."""
        reading = READING[self.state]
        if reading is states.SOME:
            body = None if self.serving is None else self.serving.body
            return len(self._pending) <= _MOST_PENDING if body is None else not body.is_full
        return reading is states.ALL and (self.receiver is None or not self.receiver.is_full)

    @property
    def activities(self) -> tuple[str, ...]:
        """What stub_status counts: `reading` a head (also one that is refused), `writing` an answer, `waiting` for a request."""
        if self.serving is None:
            return ("waiting",)
        activity = "writing" if self.head is None and not self.serving.request.input.refused else "reading"
        return (activity, "waiting") if self.state is states.LINGERING else (activity,)

    @property
    def settings(self) -> HttpCoreLocation:
        """The http_core settings of the request's location, or of the default server."""
        request = self.request
        return (self.listener.default_server.location if request is None else request.location).of(HttpCoreLocation)

    # Going on

    def settle(self) -> None:
        """Go on as far as possible without an event from outside."""
        while self._go_on():
            pass
        self.transport.fulfil()

    def _go_on(self) -> bool:
        """Do the next step; False if there is none. Only here a request ends and the next one begins."""
        serving, state = self.serving, self.state
        if serving is None or state is states.LINGERING:
            return False
        if self.head is not None:
            data, self._pending = self._pending, b""
            return bool(data) and self.feed_head(self.head, serving, data)
        outcome = serving.advance()
        if serving is not self.serving or self.state is states.LINGERING:  # meanwhile it went on from within
            return True
        if outcome is states.WHOLE:
            return self._answered(serving)
        if outcome is states.OPEN:
            return self._hold(serving)
        if self.state is states.HELD:
            self.enter(states.SERVING, states.BEGUN)
        return False

    def enter(self, state: State, event: Event) -> None:
        """Change the state. A client that is gone, or is to go, has no deadline, and its bytes are dropped."""
        assert state in LEADS_TO[self.state][event], (self.state, event, state)
        self.state = state
        if state is states.CLOSED or state is states.ORPHANED or state is states.LINGERING:
            self.deadline = self.head = self.received = self.receiver = None
            self._pending = b""
            if state is states.LINGERING:
                self.hosting.reusable[self] = None
            else:
                self.hosting.reusable.pop(self, None)

    def wait(self, milliseconds: float) -> None:
        """Set the deadline. One that is set and would hardly move stays."""
        deadline = self.hosting.time() + milliseconds / 1000
        if self.deadline is None or abs(deadline - self.deadline) >= _LAZY:
            self.deadline = deadline

    def use_write(self) -> None:
        """Use the transport's `write`, which has changed."""
        if self.serving is not None:
            self.serving.use_write()

    # The request's head

    def keep(self, data: bytes) -> None:
        """Keep bytes until something wants them."""
        self._pending = self._pending + data if self._pending else data

    def begin_head(self, event: Event, data: bytes, room: int = 0) -> None:
        """Begin a request with its first bytes. room: what the buffer that it shares with the previous one has left; else 0."""
        self.hosting.reusable.pop(self, None)
        self.facts.requests += 1
        self.hosting.requests += 1
        request = begin_request(self.facts, self.listener, pipelined=room > 0)
        self.serving = serving = Serving(self, request)
        room = room or request.server.of(HttpCoreServer).client_header_buffer_size
        length = take_plain_head(request, self.listener, data, room)
        if length:
            self._begin_serving(serving, data[length:], phases.begin, event)
            return
        self.enter(states.HEAD, event)
        self.head = head = IncomingHead(request, self.listener, room)
        if not self.feed_head(head, serving, data) and self.facts.requests > 1:
            self.deadline = None
            self.wait(request.server.of(HttpCoreServer).client_header_timeout)

    def feed_head(self, head: IncomingHead, serving: Serving, data: bytes) -> bool:
        """Take bytes of the head. Once it is whole the request is begun; returns whether it is."""
        whole = head.feed(data)
        if whole:
            self.head = None
            self._begin_serving(serving, head.rest, head.serve, states.BEGUN)
        return whole

    def _begin_serving(self, serving: Serving, rest: bytes, begin: Begin, event: Event) -> None:
        """Serve the request, whose head is whole. rest: the bytes after it.  begin: see `Serving.begin_at_once`."""
        self.enter(states.SERVING, event)
        self._pending, self.deadline = rest, None
        if self.hosting.exiting:
            serving.request.keepalive = False
        serving.begin_at_once(begin)

    # Its body

    def begin_body(self, body: IncomingBody) -> bool:
        """See `line.Line`."""
        serving = self.serving
        assert serving is not None
        serving.body = body
        data, self._pending = self._pending, b""
        ended = self.feed_body(serving, body, data)
        if not ended and self.state is states.FINISHING:
            self.body_breaks_off(serving, body, states.TERMINATED)
        return ended

    @property
    def kept(self) -> int:
        """See `line.Line`."""
        return len(self._pending)

    def take_body(self, received: RequestInput, length: int) -> bytes | None:
        """See `line.Line`."""
        if length > len(self._pending) or length > received.room:
            return None
        body, self._pending = self._pending[:length], self._pending[length:]
        received.room -= length
        received.request_length += length
        self.deadline = None
        return body

    def feed_body(self, serving: Serving, body: IncomingBody, data: bytes) -> bool:
        """See `IncomingBody.feed`."""
        ended = body.feed(data)
        if ended:
            serving.body = self.deadline = None
            self._pending = body.rest
        elif body.is_wanted:
            self.wait(self.settings.client_body_timeout)
        return ended

    def end_body(self, serving: Serving) -> None:
        """See `line.Line`."""
        serving.body = self.deadline = None

    def body_breaks_off(self, serving: Serving, body: IncomingBody, event: Event) -> None:
        """Give up a body whose rest will not come. A request that waits for it ends; one that skips it goes on."""
        serving.body = None
        if body.is_wanted:
            self.log("info", LEFT, serving.request)
            self.end(serving, BAD_REQUEST, event)

    # Its answer

    def switch(self, received: Callable[[bytes], None], drop: bool, receiver: BodyReceiver | None = None) -> None:
        """See `line.Line`. What a WebSocket client sends too early is dropped (recording push_subscribe/websocket)."""
        data, self._pending = self._pending, b""
        if self.state is states.SERVING and self.request is not None:
            self.request.keepalive = False
            self.enter(states.TUNNEL, states.SWITCHED)
            self.received, self.receiver = received, receiver
            self.request.input.lingering_close |= drop and bool(data)
            if data and not drop:
                received(data)

    def _hold(self, serving: Serving) -> bool:
        """Leave the request to whoever completes its answer. A client that sends no more counts as one that has left."""
        if self.state is states.SERVING:
            self.enter(states.HELD, states.RETURNED)
            return False
        if self.state is states.FINISHING:
            self.log_left()
            self.client_left(serving, states.RETURNED)
            return True
        if self.state is states.ORPHANED:
            self.end(serving, CLIENT_CLOSED_REQUEST, states.TERMINATED)
        return False

    def _answered(self, serving: Serving) -> bool:
        """The answer is out: wait for the end of a body that is skipped, then end the request."""
        request, body = serving.request, serving.body
        request.on_close = None
        if body is not None and body.is_passed_on:  # no one waits for the rest of a body that was passed on as it came
            request.keepalive, request.input.lingering_close = False, True
        elif body is not None and not request.response.filter_finalized:
            if self.state is not states.DISCARDING:
                self.begin_to_linger(states.DISCARDING)
            return False
        self._end_answered(serving)
        return True

    # Its end

    def _end_answered(self, serving: Serving) -> None:
        request = serving.request
        timeout, _ = request.location.of(HttpCoreLocation).keepalive_timeout
        spoilt = 0 < self.spoiled_by < self.facts.requests
        if spoilt:
            request.response.bytes_sent = 0
        wished = request.keepalive and timeout > 0 and not (spoilt or request.response.filter_finalized)
        client_reads_on = not (spoilt or self.state is states.ORPHANED or self.state is states.FINISHING)
        kept = wished and client_reads_on and not self.hosting.exiting
        self.transport.end_pace()
        self.deadline = None
        if not request.response.filter_finalized:  # else nginx ends the request without a look at it
            request.keepalive = False  # it is reset before the log is written
        if client_reads_on and not kept and lingers(request, bool(self._pending)):
            self.begin_to_linger(states.LINGERING)
            self.transport.half_close()
            return
        self.serving = None
        serving.log_and_free()
        serving.part()
        if kept and self._pending:
            data, self._pending = self._pending, b""
            self.begin_head(states.ANSWERED, data, request.input.room)
        elif kept:
            self.enter(states.WAITING, states.ANSWERED)
            self.hosting.reusable[self] = None
            self.wait(timeout)
        else:
            if wished and self.state is states.FINISHING:
                self.log_left()
            self.close(states.ANSWERED)

    def end_early(self, serving: Serving, status: int, abort: bool = False) -> None:
        """See `line.Line`."""
        if serving is self.serving:
            self.end(serving, status, states.TERMINATED, abort)

    def end(self, serving: Serving, status: int, event: Event, abort: bool = False) -> None:
        """End a request without its whole answer. What waits is called, and it is logged, with `status` if nothing was sent.

        ERROR keeps the status of the answer. A client that has left does not take its request's post_action along.
        """
        request = serving.request
        self.serving = None
        possible = LEADS_TO[self.state][event]
        goes_on = status == CLIENT_CLOSED_REQUEST and states.ORPHANED in possible and phases.has_post_action(request)
        self.enter(states.ORPHANED if goes_on else states.CLOSED, event)
        if status > 0 and not (request.response.status and request.response.bytes_sent):
            request.response.status = status
        serving.abandon()
        request.response.bytes_sent -= self.transport.end_pace()
        if abort:
            request.response.bytes_sent -= self.transport.abort()
        else:
            self.transport.close()
        if goes_on:
            self.serving = serving
            serving.act_without_client()
        else:
            serving.log_and_free()

    def client_left(self, serving: Serving, event: Event, abort: bool = False) -> None:
        """The client has left. What waits for it is called at once: no later request may still count this client."""
        if self.state is states.LINGERING:
            self.close(event)
        elif serving.outlives_client:
            self.enter(states.ORPHANED, event)
            (self.transport.abort if abort else self.transport.close)()
            serving.orphan()
        else:
            self.end(serving, CLIENT_CLOSED_REQUEST, event, abort)

    def close(self, event: Event) -> None:
        """Close when what was written has been sent. A request that is still there is answered (LINGERING) and logged now."""
        self.enter(states.CLOSED, event)
        if self.serving is not None:
            self.serving.log_and_free()
        self.serving = None
        self.transport.close()

    def log_left(self, reset: str = "") -> None:
        """Log that the client has left, and during what. reset: added to the message if the client did not close properly."""
        left = words_of_departure(self.serving, self.facts, reset)
        if left is not None:
            self.log("info", *left)

    def begin_to_linger(self, state: State) -> None:
        """The request is answered: read for a while what no one wants, and see whether the client ends it."""
        self.enter(state, states.ANSWERED)
        self.linger_until = end_of_lingering(self.settings, self.hosting.now())
        self.wait(self.settings.lingering_timeout)
