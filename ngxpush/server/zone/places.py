"""Where a worker finds the zone: in itself, rebuilt from the journal, or in the master, over a socket.

With one worker the zone is a LocalZone in that worker.  At a reload the new worker first rebuilds the zone from the journal while
the old one still serves; then it asks the old one for the zone, over a socketpair that was made together with the old one, and
does only what was done meanwhile.  The old worker accepts no one any more and ends its subscribers, stops its own zone, and from
then on uses the new worker's, over the same socket, for requests that are still under way.

So no subscriber is ever where its messages are not: an old worker has none once the zone has left it, and neither have workers
still older, which reach the zone through it.  Clients that connect meanwhile wait in the backlog for the new worker.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from ...push.local_zone import LocalZone
from ...push.operations import Attach, Forget, SharedZone, Summary
from ...push.question import Clock
from .dialogue import BrokenStream, HandedOver, Moved, TakeOver, Unpacker, checked, pack
from .journal import Journal
from .remote import RemoteZone
from .restoring import JournalRecorder, Rebuilding, ZoneSettings
from .serving import ZoneClient, ZoneServer, calls_to
from .wire import Wire, connect

# How long a new worker waits for the old one to let the zone go; one that does not answer is stopped or stuck.
_PATIENCE = 10.0

NO_MEMORY = "ngx_slab_alloc() failed: no memory"
"""What the error log says when something does not fit into the zone."""

Say = Callable[[str, str], None]
"""Writes a line to the error log: `say(level, text)`."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A worker, as the place of its zone sees it. pid: of its process.

    leave: called when the zone moves on to another process: no subscriber can stay.
    replaced: gets the zone to use from then on.
    lost: called when the process that has the zone is gone; no operation will be done any more.
    """

    pid: int
    clock: Clock
    say: Say
    leave: Callable[[], None]
    replaced: Callable[[SharedZone], None]
    lost: Callable[[], None]

    def warn(self, text: str) -> None:
        self.say("warn", text)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An older worker that still has requests."""

    # Its name.
    worker: str

    # A socket to it.
    end: socket.socket

    # The zone is in that worker; otherwise it was in another process.
    has_zone: bool = True

    # What that other process has read from the worker and not used.
    unread: bytes = b""

    # What that other process has not sent to the worker yet.
    unsent: bytes = b""


class OwnZone:
    """The zone in the only worker, which has the name `worker`.

    predecessors: older workers that use the zone until they are gone.  heir: the socket to the worker that comes next.
    """

    def __init__(
        self,
        worker: str,
        journal: Journal,
        settings: Mapping[int, ZoneSettings],
        epoch: int,
        predecessors: tuple[Predecessor, ...],
        heir: socket.socket,
    ) -> None:
        self.worker = worker
        self.settings = settings[epoch]
        self._journal = journal
        self._all_settings = settings
        self._epoch = epoch
        self._predecessors = predecessors
        self._heir = heir
        self._clients: list[Wire] = []
        self._await_heir: Callable[[], None] = lambda: None

    @property
    def serving(self) -> bool:
        """Whether an older worker still reaches its zone through this process."""
        return bool(self._clients)

    async def open(self, tenant: Tenant) -> SharedZone:
        """The zone, when it has moved to this worker and is rebuilt. `opened` has to be called when the worker serves."""
        rebuilding = Rebuilding(self._journal, self._all_settings, self._epoch, int(tenant.clock.now()), tenant.warn)
        while rebuilding.follow():  # the old worker still serves
            await asyncio.sleep(0)
        predecessors = [hand_over(each, tenant.say) if each.has_zone else each for each in self._predecessors]
        zone = rebuilding.finish()
        recorder = JournalRecorder(self._journal, zone, self._epoch, tenant.clock)
        if rebuilding.under_others:
            recorder.compact()
        local = LocalZone(zone, tenant.clock, recorder, lambda: tenant.say("crit", NO_MEMORY))
        self._forget_the_dead(local)
        local.do_at_once(Attach(self.worker, tenant.pid))
        local.start()
        server = ZoneServer(calls_to(local))
        for predecessor in predecessors:
            await self._serve(server, local, predecessor, tenant.say)
        self._await_heir = partial(self._let_go, await connect(self._heir), server, local, tenant)
        return local

    def opened(self) -> None:
        """The worker serves: from now on the next one may ask for the zone."""
        self._await_heir()

    def _let_go(self, wire: Wire, server: ZoneServer, local: LocalZone, tenant: Tenant) -> None:
        """Let the zone go when the other side of `wire` asks for it, and use it there from then on."""

        def take_over() -> None:
            tenant.leave()
            for client in self._clients:
                client.write(pack(Moved()))
            local.stop()
            remote.listen(self.worker, local.zone.recipients[self.worker])
            tenant.replaced(remote)
            server.call = remote.call
            remote.hand_over()

        remote = RemoteZone(wire.write, tenant.leave, take_over)
        _begin(wire, remote, tenant)

    def _forget_the_dead(self, local: LocalZone) -> None:
        alive = {self.worker, *(predecessor.worker for predecessor in self._predecessors)}
        for worker in local.do_at_once(Summary()).by_worker:
            if worker.name not in alive:
                local.do_at_once(Forget(worker.name))

    async def _serve(self, server: ZoneServer, local: LocalZone, predecessor: Predecessor, say: Say) -> None:
        """Serve the zone to an older worker until that worker is gone."""
        name = predecessor.worker
        wire = await connect(predecessor.end)
        client = ZoneClient(server, wire.write)
        local.listen(name, client)
        self._clients.append(wire)

        def broken(reason: str) -> None:
            say("alert", f"worker {name} is cut off from the channels: {reason}")
            wire.close()

        def lost() -> None:
            self._clients.remove(wire)
            if client.unread:
                say("warn", f"worker {name} left in the middle of a frame")
            server.call(Forget(name), lambda result: None)

        receive = checked(client.received, broken)
        wire.write(predecessor.unsent)
        receive(predecessor.unread)
        wire.begin(receive, lost)


def hand_over(predecessor: Predecessor, say: Say) -> Predecessor:
    """Wait until the old worker has let the zone go, or is gone. Returns the worker, with what else it has sent."""
    end, unpacker, earlier = predecessor.end, Unpacker(), b""
    end.settimeout(_PATIENCE)
    try:
        end.sendall(pack(TakeOver()))
        while data := end.recv(1 << 16):
            frames = list(unpacker.feed(data))
            earlier += b"".join([pack(frame) for frame in frames if not isinstance(frame, HandedOver)])
            if HandedOver() in frames:
                break
    except BrokenStream as error:
        say("alert", f"worker {predecessor.worker} did not hand the channels over: {error}")
    except TimeoutError:
        say("warn", f"worker {predecessor.worker} did not hand the channels over within {_PATIENCE:.0f} seconds")
    except ConnectionError:
        pass  # it is gone
    return replace(predecessor, has_zone=False, unread=earlier + unpacker.unread)


class MastersZone:
    """The zone in the master, shared by several workers, as the one with the name `worker` finds it."""

    serving = False

    def __init__(self, worker: str, settings: ZoneSettings, end: socket.socket) -> None:
        self.worker = worker
        self.settings = settings
        self._end = end

    async def open(self, tenant: Tenant) -> SharedZone:
        """See OwnZone.open."""
        wire = await connect(self._end)
        remote = RemoteZone(wire.write, tenant.leave)
        _begin(wire, remote, tenant)
        remote.post(Attach(self.worker, tenant.pid))
        return remote

    def opened(self) -> None:
        """See OwnZone.opened. No other worker asks for this zone."""


def _begin(wire: Wire, remote: RemoteZone, tenant: Tenant) -> None:
    """Connect a worker's side of the dialogue to its wire."""

    def broken(reason: str) -> None:
        tenant.say("alert", f"this worker is cut off from the channels: {reason}")
        wire.close()

    def lost() -> None:
        remote.lost()
        tenant.lost()

    wire.begin(checked(remote.received, broken), lost)
