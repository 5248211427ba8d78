"""A request served by the server's own code, with nothing around it: no sockets, no other clients, no time that passes."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from msgspec import Struct

from ..config.analysis import Analysis
from ..config.compiler import compile_configuration
from ..config.configuration import Http, ListenAddress
from ..config.directives.gateways.fastcgi import FastcgiLocation
from ..config.directives.gateways.scgi import ScgiLocation
from ..config.directives.gateways.uwsgi import UwsgiLocation
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ..config.role import role_of
from ..http.connection import events
from ..http.connection.connection import Connection
from ..http.connection.states import Event, State
from ..http.content.push_stream import Engine
from ..http.driver import Run
from ..http.filters.chunked import LAST_CHUNK, chunk
from ..http.gateways.cgi.parameters import Pairs, parameters
from ..http.routing import Listener, listeners, running
from ..http.running import RunningHttp
from ..push.local_zone import LocalZone
from ..push.operations import Attach, Publish, Stay
from ..push.padding import Paddings
from ..push.templates import Templates
from ..push.worker import PushWorker
from ..push.zone import Zone
from ..server.clients.listeners import address_name
from ..server.setup.limit_memory import LimitMemory
from .answer import WrittenAnswer, read_answer
from .client import AskedHosting, AskedTls, PatientClient, addresses
from .trace import Trace
from .upstream import AskedServer
from .watched import Watch, WatchedGetters
from .zone import AskedZone, StandingClock

_TO_HTTPS = re.compile(rb"\S+ https://", re.IGNORECASE)
_IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)

# By the content handler.
_HAVE_PARAMETERS: dict[str, type[FastcgiLocation] | type[UwsgiLocation] | type[ScgiLocation]] = {
    "fastcgi": FastcgiLocation,
    "uwsgi": UwsgiLocation,
    "scgi": ScgiLocation,
}

SAMPLE_TEXT = b"Hello"
"""The message a subscriber is shown."""

# Timers followed for one subscriber: its pings never end where it has no connection ttl.
_MOST_CALLS = 20_000

# The name of the only worker of the only zone.
_WORKER = "explain"


class NothingListens(Exception):
    """The configuration does not listen on the address that was asked for. The text says on which it does."""


class Inquiry(Struct, frozen=True):
    """The request to explain. head: with its last empty line.  client: the address it comes from.

    listen: the port or address:port it comes in on; None: the first the configuration listens on, for a target with https:// the
        first with TLS.
    """

    head: bytes
    body: bytes = b""
    client: bytes = b"127.0.0.1"
    listen: str | None = None


class Later(Struct, frozen=True):
    """What a waiting client gets. seconds: after so long without a message; None: when someone publishes the sample message.

    answer: with its head where that comes only now.  every: the seconds between its repetitions; None where it comes once.
    last: it ends the answer.
    """

    seconds: float | None
    answer: WrittenAnswer
    every: float | None = None
    last: bool = False


class Play:
    """One serving of the request, with a configuration, a zone and a clock of its own."""

    def __init__(self, analysis: Analysis, inquiry: Inquiry, now: float, nginx_version: bytes) -> None:
        self.watch = Watch()
        http = compile_configuration(analysis, self.watch.show).http or Http()
        serving = running(http)
        listener = _choose(serving, inquiry)
        self.listen = listener.listen
        self.trace = Trace()
        self.clock = StandingClock(now)
        self.zone, worker = self._engine(http)
        self.watch.prepared()
        serving.getters = WatchedGetters(http, self.trace.variables.__setitem__)
        engine = Engine(worker, socket.gethostname().lower().encode())
        limits = LimitMemory(http).zones
        self.client = PatientClient()
        self._hosting = AskedHosting(engine, limits, nginx_version, self.trace, self.clock)
        self.connection = Connection(self._hosting, self.client, listener, *addresses(inquiry.client, self.listen))
        if listener.has_tls:
            self.connection.facts.expects_tls = True
            self.connection.facts.tls = AskedTls()
        self.connection.begin_head(Event.BYTES, b"")
        assert self.connection.request is not None
        self.request = self.connection.request
        self.request.recorder = self.trace
        self._inquiry = inquiry
        self._head = b""
        self._seen = 0

    def _engine(self, http: Http) -> tuple[AskedZone, PushWorker]:
        main = http.of(PushStreamMain)
        templates = Templates(main, http.each(PushStreamLocation))
        local = LocalZone(Zone(main, templates, int(self.clock.now())), self.clock)
        local.do_at_once(Attach(_WORKER, os.getpid()))
        zone = AskedZone(local, self.trace.asked.append)
        paddings = Paddings(http.each(PushStreamLocation))
        worker = PushWorker(_WORKER, main, templates, paddings, zone, self.clock, self._drive, _at_once)
        zone.listen(_WORKER, worker)
        return zone, worker

    @property
    def stays(self) -> bool:
        """Whether the client waits, as a subscriber."""
        return self.connection.state in (State.HELD, State.TUNNEL) and self.asks is None

    @property
    def closed(self) -> bool:
        """Whether the connection was closed without a whole answer."""
        return self.connection.state is State.CLOSED and not self.request.response.complete

    @property
    def keepalive(self) -> bool:
        """Whether another request may follow."""
        return self.connection.state is State.WAITING

    @property
    def asks(self) -> AskedServer | None:
        """The server whose answer is waited for."""
        server = self._hosting.asking.server
        return server if server is not None and server.silent else None

    @property
    def parameters(self) -> Pairs | None:
        """The parameters that this server is sent; None in a language without them."""
        kind = _HAVE_PARAMETERS.get(self.request.progress.content_handler or "")
        if self.asks is None or kind is None:
            return None
        settings = self.request.location.of(kind)
        return parameters(self.request, settings.param, settings.pass_request_headers)

    @property
    def mode(self) -> str | None:
        """The mode of a subscriber or publisher: the location's, or the one the client asks for in its place."""
        role = role_of(self.request.location, self.request.progress.content_handler)
        if role is None or role.mode is None:
            return None
        stay = self.zone.subscriptions[0].stay if self.zone.subscriptions else Stay.ALWAYS
        wishes = {Stay.NEVER: SubscriberMode.POLLING, Stay.UNLESS_MESSAGES: SubscriberMode.LONG_POLLING}
        return str(wishes.get(stay, role.mode).value)

    def serve(self) -> None:
        """Serve the request until it ends or waits for something that does not come by itself."""
        head, body = self._inquiry.head, self._inquiry.body
        if _IN_CHUNKS.search(head):
            body = (chunk(body) if body else b"") + LAST_CHUNK
        events.receive(self.connection, head + body)
        self._hosting.wake()
        serving = self.connection.serving
        if serving is not None and serving.body is not None:
            events.time_is_up(self.connection)  # the body is shorter than announced, and no more will come

    def publish_sample(self) -> bool:
        """Publish to the first channel of the subscriber. False where it has none."""
        if not self.zone.subscriptions:
            return False
        channel = self.zone.subscriptions[0].channels[0].id
        self._drive(self.zone.do(Publish((channel,), SAMPLE_TEXT, store=False)))
        self.trace.asked.pop()
        return True

    def silence(self) -> Iterator[Later]:
        """What comes while no one publishes, until the answer ends."""
        began = self.clock.now()
        for _ in range(_MOST_CALLS):
            if not self.stays or not self.clock.advance():
                return
            news = self.news()
            if news.head or news.body or not self.stays:
                yield Later(self.clock.now() - began, news, last=not self.stays)

    def news(self) -> WrittenAnswer:
        """The part of the answer that came since the last call."""
        written = self.client.written
        if self._head:
            news = read_answer(self._head + bytes(written[self._seen :]))
            news = WrittenAnswer(news.status, (), news.body)
        else:
            news = read_answer(bytes(written))
            self._head = b"\r\n".join((*news.head, b"", b"")) if news.head else b""
        self._seen = len(written)
        return news

    def _drive(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        run = Run(coroutine, self._hosting.performer, _goes_on)
        run.start()
        if run.error is not None:
            raise run.error


def _at_once(act: Callable[[], None]) -> None:
    """Do something that a server does in the next turn of its loop."""
    act()


def _goes_on() -> None:
    """Do nothing: no one waits for what the push engine does by itself."""


def _choose(http: RunningHttp, inquiry: Inquiry) -> Listener:
    """The listener that the request comes in on. Raises NothingListens."""
    wanted = inquiry.listen
    found: dict[str, Listener] = {}
    for listener in listeners(http):
        for each in (listener, *listener.local.values()):
            found[address_name(each.listen)] = each
    if wanted is None and _TO_HTTPS.match(inquiry.head):
        with_tls = next((listener for listener in found.values() if listener.has_tls), None)
        if with_tls is not None:
            return with_tls
    for name, listener in found.items():
        if wanted is None or wanted in _names(name, listener.listen):
            return listener
    if not found:
        raise NothingListens("the configuration listens on nothing: it has no server")
    raise NothingListens(f"the configuration does not listen on {wanted}, but on {', '.join(found)}")


def _names(name: str, listen: ListenAddress) -> tuple[str, ...]:
    return (name,) if listen.path is not None else (name, str(listen.port))
