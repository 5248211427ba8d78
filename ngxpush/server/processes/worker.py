"""A worker: the process that serves connections.

It ends in one of three ways:

TERM, INT   At once: subscribers get the end of their answers.
QUIT        When its requests are done. Its subscribers stay as long as something else may still happen: another request, or
            the end or a ping of one of them that a timer will bring. When only subscribers without a timer are left, they are
            ended, but not before the next turn of the module's timer (recordings streaming/quit-ends-the-streams,
            found-push-reload/quit-with-subscribers).
leaving     When its requests are done, with its subscribers ended first, and all that come later ended at once. It leaves when
            its configuration is replaced (reference section 9), when the zone moves to another worker, and when the master or
            the zone is gone. nginx's workers go on without their master, and keep the port from the next one; here the next
            one gets it.

In all three the listening sockets are closed first, and what is answered from then on says `Connection: close`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import traceback
from collections.abc import Callable, Coroutine
from signal import SIGINT, SIGQUIT, SIGTERM, SIGUSR1
from typing import TYPE_CHECKING, Any, TypeAlias

from ...config.directives.core.events import EventsMain
from ...config.directives.core.main import CoreMain
from ...config.directives.http.core import HttpCoreLocation
from ...config.directives.push_stream.settings import PushStreamLocation
from ...http.connection.departure import AGAIN
from ...http.content.push_stream import Engine
from ...http.content.stub_status import Counters
from ...http.driver import Run
from ...http.log import context
from ...http.operations import Performer
from ...http.recorder import Debugging
from ...http.request import ClientConnection, Request
from ...http.routing import Listener, listeners
from ...push.lifetimes import COLLECT_INTERVAL
from ...push.local_zone import LocalZone
from ...push.operations import ChannelsInfo, SharedZone, ZoneLost
from ...push.padding import Paddings
from ...push.worker import PushWorker
from ..clients.client_transport import ClientTransport
from ..clients.listeners import DEFAULT_BACKLOG, ListeningSocket, address_name
from ..clients.sites import Site
from ..clients.worker_connections import make_worker_connections
from ..logs.access_log import AccessLogs
from ..logs.log_files import ErrorLog
from ..observing.events import RequestObserver
from ..observing.observed import Observed
from ..setup.debugged_clients import DebuggedClients
from ..setup.serving import serving
from ..setup.startup import Setup, has_debug_log, make_error_log
from ..system.allocator import Allocator
from ..system.loop_clock import LoopClock
from ..system.performer import SystemPerformer
from ..zone.coming import ComingZone
from ..zone.places import Tenant
from ..zone.serving import calls_to
from ..zone.wire import connect
from .cache_manager import manage_caches
from .event_loop import RUN_LOOP, RunLoop
from .own_process import own_process
from .signals import act_on

if TYPE_CHECKING:
    from ..redis.place import RedisPlace
    from ..zone.places import MastersZone, OwnZone
    from ..zone.resident import ResidentPlace

LEAVE = b"r"
"""What the master sends to a worker whose configuration is replaced."""

Place: TypeAlias = "OwnZone | MastersZone | ResidentPlace | RedisPlace"
"""Where a worker finds the zone."""

READY = b"+"
"""What a worker sends to the master when it serves."""

# How often the zone is asked for one request at most: a publisher publishes, and asks for the channel.
_ASKED_FOR_A_REQUEST = 2

# Seconds for which a worker that stops waits until its last bytes are taken.
_LAST_BYTES = 0.5


class Worker:
    """What the connections of this process share (`http.connection.surroundings.Hosting`), and the process's life.

    setup: what it serves.  control: the socket to the master. When it ends the master is dead.
    observed: tells of its requests; None: no one observes.  leaving: what comes from now on is for another worker (`leave`).
    clock: of this machine. Who replaces its `now` does so before the worker lives.
    """

    def __init__(self, setup: Setup, place: Place, control: socket.socket | None, nginx_version: bytes) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock = LoopClock(self.loop)
        self.connections: set[ClientTransport] = set()
        self.exiting = self.leaving = False
        self.accepted = self.handled = self.requests = 0
        self.last_error = AGAIN
        self.nginx_version = nginx_version
        self.process = own_process()
        self.limit_zones = setup.limits.zones
        self.setup = setup
        self._place = place
        self._control = control
        self._numbers = 0
        self._sites: list[Site] = []
        self._error_logs: dict[int, ErrorLog] = {}
        self.slots = make_worker_connections(
            setup.configuration, len(setup.sockets), control is not None, self.connections, self._say
        )
        self.reusable = self.slots.reusable
        self._debugged = DebuggedClients(setup.configuration.of(EventsMain).debug_connection)
        self._debugging = Debugging.BY_LEVEL if has_debug_log(setup.configuration) else Debugging.OFF
        self._access_logs = AccessLogs(setup.files, self.loop, lambda text: self._say("alert", text))
        self.observed: Observed | None = None
        self._ended = asyncio.Event()
        self._ending: asyncio.Task[None] | None = None
        self.standing: float | None = None
        self.time, self.call_later = self.loop.time, self.loop.call_later
        user = setup.configuration.of(CoreMain).user
        self.performer: Performer = SystemPerformer(
            self.loop, self.slots, self.next_connection_number, self._say, user, setup.contexts, self.now
        )
        self.allocator = Allocator(self.loop)
        self._coming = ComingZone()
        self.engine = Engine(self._make_push_worker(), self.process.hostname)

    def _make_push_worker(self) -> PushWorker:
        place, http = self._place, self.setup.configuration.http
        main, templates = place.settings.main, place.settings.templates
        paddings = Paddings(() if http is None else http.each(PushStreamLocation))
        return PushWorker(place.worker, main, templates, paddings, self._coming, self.clock, self.run, self._pass_on_in_next_turn)

    # what connections use

    @property
    def counters(self) -> Counters:
        activities = [activity for client in self.connections for activity in client.connection.activities]
        counts = [activities.count(activity) for activity in ("reading", "writing", "waiting")]
        return Counters(len(self.connections), self.accepted, self.handled, self.requests, *counts)

    def realpath(self, path: bytes) -> bytes:
        return os.path.realpath(path, strict=True)

    def now(self) -> float:
        return self.clock.now() if self.standing is None else self.standing

    def next_connection_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def debugging(self, client: bytes) -> Debugging:
        return Debugging.FULL if self._debugged.has(client) else self._debugging

    def log_error(
        self, level: str, text: str | bytes, connection: ClientConnection, listener: Listener, request: Request | None
    ) -> None:
        location = listener.default_server.location if request is None else request.location
        log = self._error_log(location.of(HttpCoreLocation).error_log)
        in_full = connection.debugging is Debugging.FULL
        if in_full or log.takes(level):
            body = text if isinstance(text, bytes) else os.fsencode(text)
            if level != "debug":
                body += context(connection, os.fsencode(address_name(listener.listen)), request)
            log.log(level, body, connection.number, in_full)

    def log_access(self, request: Request) -> None:
        self._access_logs.write(request)
        if self.observed is not None:
            self.observed.request_ended(request)

    def observe(self, observer: RequestObserver) -> Observed:
        """Have `observer` hear of all requests and subscribers from now on. Returns who tells it."""
        self.observed = self.observed or Observed()
        self.observed.observers.append(observer)
        self.engine.worker.observer = self.observed
        return self.observed

    def _error_log(self, settings: tuple[Any, ...]) -> ErrorLog:
        """The log of a location's error_log directives; the main block's where there are none."""
        if not settings:
            return self.setup.error_log
        log = self._error_logs.get(id(settings))
        if log is None:
            log = self._error_logs[id(settings)] = make_error_log(settings, self.setup.files)
        return log

    # its life

    async def serve(self) -> None:
        """Serve until a signal or the master ends it."""
        act_on(self.loop, {SIGTERM: self.stop, SIGINT: self.stop, SIGQUIT: self.quit, SIGUSR1: self.reopen})
        await self.live()

    async def live(self) -> None:
        """Serve until `stop`, `quit` or `leave` has ended the worker."""
        try:
            await self._open()
        except BaseException:
            self._say("alert", f"worker could not start: {traceback.format_exc().strip()!r}")
            raise
        await self._ended.wait()
        await self._place.close()
        self._managing.cancel()
        self.setup.files.flush()

    async def _open(self) -> None:
        push = self.engine.worker
        if self._place.is_alone:  # no one else accepts clients while a large zone is rebuilt
            await self._listen_to_all()
        zone = await self._place.open(Tenant(os.getpid(), self.clock, self._say, self.leave, self._replace_zone, self.leave))
        gc.freeze()  # a rebuilt zone holds no cycles: no one need look through it for garbage
        zone.listen(push.name, push)
        if isinstance(zone, LocalZone):
            await self._coming.arrive(calls_to(zone))
        push.zone = zone
        if not self._place.is_alone:
            await self._listen_to_all()
        if self._control is not None:
            wire = await connect(self._control)
            wire.begin(self._master_sent, self._master_is_gone)
            wire.write(READY)
        self._place.opened()
        shelves = self.setup.caches.shelves.values()
        self._managing = self.loop.create_task(manage_caches(list(shelves), self.now))

    async def _listen_to_all(self) -> None:
        http = serving(self.setup)
        if http is not None and not self.exiting:
            by_key = {listener.listen.key: listener for listener in listeners(http)}
            for listening, address in self.setup.sockets:
                await self._listen(listening, by_key[address.listen.key])

    async def _listen(self, listening: ListeningSocket, listener: Listener) -> None:
        backlog = int(dict(listening.address.options).get("backlog", DEFAULT_BACKLOG))
        site = Site(self, listener, listening.socket, backlog)
        await site.start()
        self._sites.append(site)

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Drive a coroutine that no one waits for (push.question.RunDetached)."""

        def look() -> None:
            if running.error is not None:
                self._say("alert", f"push engine failed: {''.join(traceback.format_exception(running.error)).strip()!r}")

        running = Run(coroutine, self.performer, look)
        running.start()
        look()

    def _pass_on_in_next_turn(self, pass_on: Callable[[], None]) -> None:
        """Have news passed on. nginx's workers read those from a socket, until there are no more."""
        self.last_error = AGAIN
        self.loop.call_soon(pass_on)

    def _replace_zone(self, zone: SharedZone) -> None:
        self.engine.worker.zone = zone

    def _master_sent(self, data: bytes) -> None:
        if LEAVE in data:
            self.leave()

    def _master_is_gone(self) -> None:
        if not self.exiting:
            self._say("notice", "the master process is gone")
        self.leave()

    # the ways to end

    def stop(self) -> None:
        """End now: subscribers get the end of their answers, everything else is cut off."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        for client in self.connections:
            for request in client.connection.present_requests:
                request.keepalive = False
        self._end(self._cut_off)
        self.engine.worker.end_all()

    def quit(self) -> None:
        """End when the requests are done, and subscribers have no more to expect."""
        self.engine.worker.quit()
        self._end(self._finish_requests)

    def leave(self) -> None:
        """End when the requests are done; subscribers are ended soon. It may be called again, and after `quit`."""
        self.leaving = True
        self._accept_no_more()
        if self.exiting:
            self._end_subscribers()
            self._end(self._finish_requests)
        else:
            self.engine.worker.end_present()
            self.run(self._end_when_answered())

    async def _end_when_answered(self) -> None:
        """End when the requests that were pipelined after those of subscribers are answered: nginx answers them first.

        The zone does what it is asked in order, so its answer shows that it has done all that it was asked before.
        """
        with contextlib.suppress(ZoneLost):
            for _ in range(_ASKED_FOR_A_REQUEST):
                await self.engine.worker.zone.do(ChannelsInfo(()))
        self._end(self._finish_requests)
        self._end_subscribers()

    def reopen(self) -> None:
        """Open the log files again: they may have been renamed."""
        self._say("notice", "reopening logs")
        self.setup.reopen(lambda text: self._say("emerg", text))

    def _end(self, ending: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if self._ending is not None:
            return
        if not self.exiting:
            self._say("notice", "gracefully shutting down" if ending == self._finish_requests else "exiting")
        self.exiting = True
        self._accept_no_more()
        self._close_idle()
        self._ending = self.loop.create_task(ending())

    def _accept_no_more(self) -> None:
        for site in self._sites:
            site.close()

    def _end_subscribers(self) -> None:
        self.engine.worker.end_soon()

    async def _cut_off(self) -> None:
        self._access_logs.end()
        deadline = self.loop.time() + _LAST_BYTES
        while self.connections and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
            for client in [client for client in self.connections if client.unsent == 0]:
                client.abort()
        self._close_all()

    async def _finish_requests(self) -> None:
        timeout = self.setup.configuration.of(CoreMain).worker_shutdown_timeout
        began = self.loop.time()
        while self.connections or self._place.serving:
            self._close_idle()
            await asyncio.sleep(0.02)
            lasted = self.loop.time() - began
            if timeout is not None and lasted >= timeout / 1000:
                break
            if lasted >= COLLECT_INTERVAL and self._only_subscribers_are_left():
                self._end_subscribers()
        self._say("notice", "exiting")
        self._close_all()

    def _only_subscribers_are_left(self) -> bool:
        """Whether all connections belong to subscribers that nothing will happen to by itself."""
        push = self.engine.worker
        return push.subscribers == len(self.connections) and not push.has_timers

    def _close_idle(self) -> None:
        for client in list(self.connections):
            client.events.leave(client.connection)

    def _close_all(self) -> None:
        for client in sorted(self.connections, key=lambda client: client.connection.facts.number):
            client.events.cut_off(client.connection)
        self._say("notice", "exit")
        # In the next turn of the loop the closed connections still write to the zone and to the logs.
        self.loop.call_later(0.01, self._ended.set)

    def _say(self, level: str, text: str) -> None:
        self.setup.error_log.log(level, text)


def run(serving: Coroutine[Any, Any, None], run_loop: RunLoop = RUN_LOOP) -> None:
    """Run what serves to its end, in an event loop of its own. No one looks for garbage in what is there already."""
    gc.freeze()
    gc.enable()
    run_loop(serving)


async def serve(setup: Setup, place: Place, control: socket.socket | None, nginx_version: bytes) -> None:
    """Be a worker until it ends. control: None where there is no master."""
    await Worker(setup, place, control, nginx_version).serve()
