"""Where a worker finds the zone: in itself, rebuilt from the journal, or in the master, behind a socket.

With one worker the zone is a LocalZone there.  At a reload the new worker asks the old one for it over a socketpair made when
the old one was: the old one stops its own zone and from then on reaches the new one's through the same socket.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..config.configuration import Configuration
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ..push.local_zone import LocalZone
from ..push.question import Clock
from ..push.shared import Listener, SharedZone
from ..push.templates import Templates
from ..push.zone import Zone
from .journal import Journal
from .pickle_stream import pack
from .remote_zone import UNANSWERED, RemoteZone
from .zone_server import HANDED_OVER, TAKE_OVER, ZoneClient, ZoneServer, calls_to

# How long a new worker waits for the old one to let the zone go; one that does not answer is stopped or stuck.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration says of the zone."""

    main: PushStreamMain
    templates: Templates

    @classmethod
    def of(cls, configuration: Configuration) -> Settings:
        http = configuration.http
        if http is None:
            return cls(PushStreamMain(), Templates(PushStreamMain(), ()))
        return cls(http.of(PushStreamMain), Templates(http.of(PushStreamMain), http.each(PushStreamLocation)))


class Wire(asyncio.Protocol):
    """An asyncio connection between two processes of the server. What comes before `begin` is kept for it."""

    def __init__(self) -> None:
        self._received: Callable[[bytes], None] | None = None
        self._lost: Callable[[], None] = lambda: None
        self._early = b""
        self._closed = False

    def begin(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        """Call `received` with what comes, and `lost` when the other side is gone."""
        self._received, self._lost = received, lost
        if self._early:
            received(self._early)
        if self._closed:
            lost()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.WriteTransport, they only look like one.
        self.transport = cast(asyncio.WriteTransport, transport)
        self.write = self.transport.write

    def data_received(self, data: bytes) -> None:
        if self._received is None:
            self._early += data
        else:
            self._received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        if self._received is not None:
            self._lost()


async def connect(end: socket.socket) -> Wire:
    """A Wire over this end of a socketpair."""
    end.setblocking(False)
    _, wire = await asyncio.get_running_loop().create_unix_connection(Wire, sock=end)
    return wire


def rebuild(journal: Journal, settings: Mapping[int, Settings], epoch: int, now: int) -> tuple[Zone, str | None]:
    """The zone as the journal has it, under the configuration `epoch`, and nginx's warning about a changed size.

    settings: by the configuration's number, with the one the journal was written under.
    """
    snapshot, records = journal.read()
    written_under, data = pickle.loads(snapshot) if snapshot else (epoch, None)
    before = settings[written_under]
    zone = Zone(before.main, before.templates, now)
    if data is not None:
        zone.restore(data)
    for record in records:
        zone.apply(*pickle.loads(record))
    warning = None
    if written_under != epoch:
        warning = zone.configure(settings[epoch].main, settings[epoch].templates, now)
    store(journal, zone, epoch)
    return zone, warning


def store(journal: Journal, zone: Zone, epoch: int) -> None:
    """Put the zone as it is into the journal, in the place of all that led to it."""
    journal.compact(pickle.dumps((epoch, zone.snapshot()), pickle.HIGHEST_PROTOCOL))


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An older worker that still has requests. end: a socket to it.

    has_zone: the zone is in that worker; else it was in the master, which had read `unread` of a call and not yet sent `unsent`.
    """

    pid: int
    end: socket.socket
    has_zone: bool = True
    unread: bytes = b""
    unsent: bytes = b""


class OwnZone:
    """The zone in the only worker.

    predecessors: the workers that go on using the zone until they are gone.  heir: the socket to the worker that comes next.
    """

    def __init__(
        self,
        journal: Journal,
        settings: Mapping[int, Settings],
        epoch: int,
        predecessors: tuple[Predecessor, ...],
        heir: socket.socket,
    ) -> None:
        self.settings = settings[epoch]
        self._journal = journal
        self._all_settings = settings
        self._epoch = epoch
        self._predecessors = predecessors
        self._heir = heir
        self._clients = 0

    @property
    def serving(self) -> bool:
        """Whether an older worker still reaches its zone through this process."""
        return self._clients > 0

    async def open(
        self, pid: int, clock: Clock, warn: Callable[[str], None], replaced: Callable[[SharedZone], None]
    ) -> SharedZone:
        """The zone for the worker `pid`; `replaced` gets what to use instead when another worker takes the zone over."""
        for predecessor in self._predecessors:
            if predecessor.has_zone:
                hand_over(predecessor.end)
        zone, warning = rebuild(self._journal, self._all_settings, self._epoch, int(clock.now()))
        if warning is not None:
            warn(warning)
        local = LocalZone(zone, pid, clock, self._recorder(zone))
        self._forget_the_dead(local, pid)
        local.apply("attach", (pid,))
        local.start()
        server = ZoneServer(calls_to(local))
        for predecessor in self._predecessors:
            await self._serve(server, local, predecessor)
        wire = await connect(self._heir)

        def take_over() -> None:
            local.stop()
            remote.listener = zone.listeners.get(pid)
            replaced(remote)
            server.call = remote.call
            remote.post(HANDED_OVER, ())

        remote = RemoteZone(pid, wire.write, take_over)
        wire.begin(remote.received, remote.lost)
        return local

    def listen(self, zone: SharedZone, listener: Listener) -> None:
        """Tell `listener` of messages."""
        assert isinstance(zone, LocalZone)
        zone.zone.listeners[listener.pid] = listener

    def _recorder(self, zone: Zone) -> Callable[[str, tuple[Any, ...]], None]:
        journal, epoch = self._journal, self._epoch

        def record(operation: str, arguments: tuple[Any, ...]) -> None:
            if journal.is_long:
                store(journal, zone, epoch)
            journal.append(pickle.dumps((operation, arguments), pickle.HIGHEST_PROTOCOL))

        return record

    def _forget_the_dead(self, local: LocalZone, pid: int) -> None:
        alive = {pid, *(predecessor.pid for predecessor in self._predecessors)}
        for worker in local.zone.summary(local.now()).by_worker:
            if worker.pid not in alive:
                local.apply("forget", (worker.pid,))

    async def _serve(self, server: ZoneServer, local: LocalZone, predecessor: Predecessor) -> None:
        """Let a worker before this one go on using the zone until it is gone."""
        pid = predecessor.pid
        wire = await connect(predecessor.end)
        client = ZoneClient(server, pid, wire.write)
        local.zone.listeners[pid] = client
        self._clients += 1

        def lost() -> None:
            self._clients -= 1
            server.call("forget", (pid,), lambda result: None)

        wire.write(predecessor.unsent)
        client.received(predecessor.unread)
        wire.begin(client.received, lost)


def hand_over(end: socket.socket) -> None:
    """Wait until the old worker has let the zone go, or is gone."""
    end.settimeout(_PATIENCE)
    expected = pack((UNANSWERED, HANDED_OVER, ()))
    try:
        end.sendall(TAKE_OVER)
        end.recv(len(expected), socket.MSG_WAITALL)
    except OSError:
        return


class MastersZone:
    """The zone in the master, shared by several workers."""

    serving = False

    def __init__(self, settings: Settings, end: socket.socket) -> None:
        self.settings = settings
        self._end = end

    async def open(
        self, pid: int, clock: Clock, warn: Callable[[str], None], replaced: Callable[[SharedZone], None]
    ) -> SharedZone:
        """See OwnZone.open; nobody ever takes this zone over."""
        wire = await connect(self._end)
        remote = RemoteZone(pid, wire.write)
        wire.begin(remote.received, remote.lost)
        remote.post("attach", (pid,))
        return remote

    def listen(self, zone: SharedZone, listener: Listener) -> None:
        """See OwnZone.listen."""
        assert isinstance(zone, RemoteZone)
        zone.listener = listener
