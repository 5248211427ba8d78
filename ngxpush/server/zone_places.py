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
from ..config.directives.push_stream import PushStreamMain
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
        return cls(http.push_stream, Templates(http.push_stream, http.push_locations()))


class Wire(asyncio.Protocol):
    """An asyncio connection between two processes of the server."""

    def __init__(self) -> None:
        self.received: Callable[[bytes], None] = lambda data: None
        self.lost: Callable[[], None] = lambda: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.WriteTransport, they only look like one.
        self.transport = cast(asyncio.WriteTransport, transport)
        self.write = self.transport.write

    def data_received(self, data: bytes) -> None:
        self.received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost()


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


class OwnZone:
    """The zone in the only worker.

    predecessor: the pid of the worker that has the zone now, and a socket to it.  heir: the socket to the worker that comes next.
    """

    def __init__(
        self,
        journal: Journal,
        settings: Mapping[int, Settings],
        epoch: int,
        predecessor: tuple[int, socket.socket] | None,
        heir: socket.socket,
    ) -> None:
        self.settings = settings[epoch]
        self._journal = journal
        self._all_settings = settings
        self._epoch = epoch
        self._predecessor = predecessor
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
        if self._predecessor is not None:
            hand_over(self._predecessor[1])
        zone, warning = rebuild(self._journal, self._all_settings, self._epoch, int(clock.now()))
        if warning is not None:
            warn(warning)
        local = LocalZone(zone, pid, clock, self._recorder(zone))
        self._forget_the_dead(local, pid)
        local.apply("attach", (pid,))
        local.start()
        server = ZoneServer(calls_to(local))
        if self._predecessor is not None:
            await self._serve(server, local, *self._predecessor)
        wire = await connect(self._heir)

        def take_over() -> None:
            local.stop()
            remote.listener = zone.listeners.get(pid)
            replaced(remote)
            server.call = remote.call
            remote.post(HANDED_OVER, ())

        remote = RemoteZone(pid, wire.write, take_over)
        wire.received, wire.lost = remote.received, remote.lost
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
        alive = (pid, self._predecessor[0] if self._predecessor else pid)
        for worker in local.zone.summary(local.now()).by_worker:
            if worker.pid not in alive:
                local.apply("forget", (worker.pid,))

    async def _serve(self, server: ZoneServer, local: LocalZone, pid: int, end: socket.socket) -> None:
        """Let the worker before this one go on using the zone until it is gone."""
        wire = await connect(end)
        client = ZoneClient(server, pid, wire.write)
        local.zone.listeners[pid] = client
        self._clients += 1

        def lost() -> None:
            self._clients -= 1
            server.call("forget", (pid,), lambda result: None)

        wire.received, wire.lost = client.received, lost
        if wire.transport.is_closing():
            lost()


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
        wire.received, wire.lost = remote.received, remote.lost
        remote.post("attach", (pid,))
        return remote

    def listen(self, zone: SharedZone, listener: Listener) -> None:
        """See OwnZone.listen."""
        assert isinstance(zone, RemoteZone)
        zone.listener = listener
