"""A request served by the server's own code, with nothing around it: no sockets, no other clients, no time that passes."""

from __future__ import annotations

import os
import socket
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..config.analysis import Analysis
from ..config.compiler import compile_configuration
from ..config.configuration import Http, ListenAddress
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ..http import phases
from ..http.content.push_stream import Engine
from ..http.keepalive import wants_keepalive
from ..http.operations import Answered, Drained, OpenFile, Operation, ReadBody, ReadFile, Sleep
from ..http.parser import RequestParser
from ..http.recorder import Phase, quoted
from ..http.request import Request
from ..http.request_line import Refused
from ..http.routing import Listener, listeners, running
from ..http.running import RunningHttp
from ..http.upstream.connection import Next, Open, Resolve
from ..push.local_zone import LocalZone
from ..push.padding import Paddings
from ..push.shared import Stay
from ..push.templates import Templates
from ..push.worker import Worker
from ..push.zone import Zone
from ..server.driver import WAITING, Resume, Run
from ..server.files import PERFORMERS
from ..server.limit_memory import LimitMemory
from ..server.listeners import address_name
from ..server.subrequests import Subrequests
from .answer import Answer, read_answer
from .connection import SilentConnection
from .trace import Trace
from .upstream import AskedServer
from .watched import Watch, WatchedGetters
from .zone import AskedZone, StandingClock

SAMPLE_TEXT = b"Hello"
"""The message a subscriber is shown."""

# Pings of a subscriber without an end to it would go on for ever.
_MOST_CALLS = 20_000


class NothingListens(Exception):
    """No address of the configuration is the one that was asked for. The text says which there are."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The request to explain. head: with its last empty line.  client: the address it comes from.

    listen: the port or address:port it comes in on; None: the first the configuration listens on.
    """

    head: bytes
    body: bytes = b""
    client: bytes = b"127.0.0.1"
    listen: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """What a waiting client gets. seconds: after how long of silence; None: when somebody publishes the sample message.

    answer: with its head where that comes only now.  every: how many seconds lie between its repetitions; None where it comes
    once.  last: the answer is at its end then.
    """

    seconds: float | None
    answer: Answer
    every: float | None = None
    last: bool = False


class Play:
    """One serving of the request, with a configuration, a zone and a clock of its own."""

    def __init__(self, analysis: Analysis, inquiry: Inquiry, now: float, nginx_version: bytes) -> None:
        self.watch = Watch()
        http = compile_configuration(analysis, self.watch.show).http or Http()
        serving = running(http)
        listener = _choose(serving, inquiry.listen)
        self.listen = listener.listen
        self.trace = Trace()
        self.clock = StandingClock(now)
        self.zone, worker = self._engine(http)
        self.watch.prepared()
        serving.getters = WatchedGetters(http, self.trace.variables.__setitem__)
        engine = Engine(worker, socket.gethostname().lower().encode())
        limits = LimitMemory(http).zones
        self.connection = SilentConnection(inquiry.client, self.listen, self.trace, self.clock, engine, limits, nginx_version)
        self.connection.subrequests = Subrequests(self._perform, lambda request, ended: ended(), _failed)
        self.connection.body = inquiry.body
        server = listener.default_server
        self.request = Request(self.connection, serving, listener, server, server.location, recorder=self.trace)
        self.request.started = now
        self.server: AskedServer | None = None
        self._inquiry = inquiry
        self._listener = listener
        self._head = b""
        self._seen = 0

    def _engine(self, http: Http) -> tuple[AskedZone, Worker]:
        main, pid = http.of(PushStreamMain), os.getpid()
        templates = Templates(main, http.each(PushStreamLocation))
        local = LocalZone(Zone(main, templates, int(self.clock.now())), pid, self.clock)
        local.apply("attach", (pid,))
        zone = AskedZone(local, self.trace.asked.append)
        worker = Worker(pid, main, templates, Paddings(http.each(PushStreamLocation)), zone, self.clock, self._drive)
        local.zone.listeners[pid] = worker
        return zone, worker

    @property
    def stays(self) -> bool:
        """Whether the client waits, as a subscriber."""
        return not (self.request.complete or self.connection.closed or self.asks is not None)

    @property
    def asks(self) -> AskedServer | None:
        """The server whose answer is waited for."""
        return self.server if self.server is not None and self.server.silent else None

    @property
    def mode(self) -> str | None:
        """The mode of a subscriber or publisher, the client's wish for another one included."""
        settings = self.request.location.of(PushStreamLocation)
        handler = self.request.content_handler
        if handler == "push_stream_publisher" and settings.publisher is not None:
            return settings.publisher.value
        if handler != "push_stream_subscriber" or settings.subscriber is None:
            return None
        stay = self.zone.subscriptions[0].stay if self.zone.subscriptions else Stay.ALWAYS
        wishes = {Stay.NEVER: SubscriberMode.POLLING, Stay.UNLESS_MESSAGES: SubscriberMode.LONG_POLLING}
        return wishes.get(stay, settings.subscriber).value

    def serve(self) -> None:
        """Go as far as the request gets by itself."""
        request = self.request

        def choose_server(host: bytes) -> None:
            request.server = self._listener.find_server(request, host)
            request.location = request.server.location

        try:
            RequestParser(request, choose_server).feed(self._inquiry.head)
        except Refused as refused:
            self.connection.log("info", refused.message, request)
            self._drive(phases.finalize(request, refused.status))
            return
        request.keepalive = wants_keepalive(request)
        request.lingering_close = bool(request.content_length)
        self._drive(phases.serve(request))

    def publish_sample(self) -> bool:
        """Publish to the first channel of the subscriber. False where it has none."""
        if not self.zone.subscriptions:
            return False
        channel = self.zone.subscriptions[0].channels[0].id
        self._drive(self.zone.publish((channel,), SAMPLE_TEXT, store=False))
        self.trace.asked.pop()
        return True

    def silence(self) -> Iterator[Later]:
        """What comes when nobody publishes, until the answer is at its end."""
        began = self.clock.now()
        for _ in range(_MOST_CALLS):
            if not self.stays or not self.clock.advance():
                return
            news = self.news()
            if news.head or news.body or not self.stays:
                yield Later(self.clock.now() - began, news, last=not self.stays)

    def news(self) -> Answer:
        """The part of the answer that came since this was asked last."""
        written = self.connection.written
        if self._head:
            news = read_answer(self._head + bytes(written[self._seen :]))
            news = Answer(news.status, (), news.body)
        else:
            news = read_answer(bytes(written))
            self._head = b"\r\n".join((*news.head, b"", b"")) if news.head else b""
        self._seen = len(written)
        return news

    def _drive(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        Run(coroutine, self._perform, _ended).start()
        started = self.connection.started_subrequests
        while started:
            self.connection.subrequests.serve(started.pop(0))

    def _perform(self, operation: Operation[Any], resume: Resume) -> Any:
        if isinstance(operation, ReadBody):
            operation.request.body = self._inquiry.body
            return self._inquiry.body
        if isinstance(operation, Answered):
            self.connection.subrequests.add(operation.request, partial(resume, None))
            self.connection.subrequests.serve(operation.request)
            return WAITING
        if isinstance(operation, Drained):
            return None
        if isinstance(operation, Sleep):
            self.clock.time += operation.seconds
            return None
        if isinstance(operation, Open):
            self.server = AskedServer(operation.endpoint, self.clock.now())
            return self.server
        if isinstance(operation, Next):
            return operation.begin(resume)
        if isinstance(operation, Resolve):
            return [(operation.host, False)]
        return self._file(operation)

    def _file(self, operation: Operation[Any]) -> Any:
        """Look at a file; a note says whether it is there."""
        performer = PERFORMERS[type(operation)]
        try:
            result = performer(operation)
        except OSError as error:
            self._note_file(operation, str(error.strerror))
            raise
        self._note_file(operation, "there")
        return result

    def _note_file(self, operation: Operation[Any], outcome: str) -> None:
        if isinstance(operation, OpenFile | ReadFile):
            self.trace.note(Phase.CONTENT, f"file {quoted(operation.path)}: {outcome}")


def _failed(request: Request, error: BaseException) -> None:
    raise error


def _ended(error: BaseException | None) -> None:
    if error is not None:
        raise error


def _choose(http: RunningHttp, wanted: str | None) -> Listener:
    """The listener of a port or of an address with its port."""
    found: dict[str, Listener] = {}
    for listener in listeners(http):
        for each in (listener, *listener.local.values()):
            found[address_name(each.listen)] = each
    for name, listener in found.items():
        if wanted is None or wanted in _names(name, listener.listen):
            return listener
    if not found:
        raise NothingListens("the configuration listens on nothing: it has no server")
    raise NothingListens(f"the configuration does not listen on {wanted}, but on {', '.join(found)}")


def _names(name: str, listen: ListenAddress) -> tuple[str, ...]:
    return (name,) if listen.path is not None else (name, str(listen.port))
