"""Where a worker finds the zone: in itself, rebuilt from the journal, or in the master, over a socket.

With one worker the zone is a LocalZone in that worker.  At a reload the new worker first rebuilds the zone from the journal while
the old one still serves; then it asks the old one for the zone, over a socketpair that was made together with the old one, and
does only what was done meanwhile.  The old worker accepts no one any more and ends its subscribers, stops its own zone, and from
then on uses the new worker's, over the same socket, for requests that are still under way.

So no subscriber is ever where its messages are not: an old worker has none once the zone has left it, and neither have workers
still older, which reach the zone through it.  Clients that connect meanwhile wait in the backlog for the new worker.

Where no older worker lives, because the only one was killed, the new one accepts clients while it rebuilds the zone, and only
what is asked of the zone waits (coming.py).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from msgspec import Struct

from ...push.local_zone import LocalZone
from ...push.operations import Attach, Forget, SharedZone, Summary
from ...push.question import Clock
from ..logs.log_files import Say
from .dialogue import Moved, checked, pack
from .journal import Journal
from .predecessors import Predecessor, asking, cut_off, take_over
from .remote import RemoteZone
from .restoring import JournalRecorder, Rebuilding, ZoneSettings
from .serving import ZoneClient, ZoneServer, calls_to
from .wire import Wire, connect

NO_MEMORY = "ngx_slab_alloc() failed: no memory"
"""What the error log says when something does not fit into the zone."""


class Tenant(Struct, frozen=True):
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


class OwnZone:
    """The zone in the only worker, which has the name `worker`.

    predecessors: the older workers, the newest first; they use the zone until they are gone.  heir: the socket to the worker
    that comes next.
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
        self._behind: list[Predecessor] = []
        self._adopting: set[asyncio.Task[None]] = set()
        self._await_heir: Callable[[], None] = lambda: None

    @property
    def serving(self) -> bool:
        """Whether an older worker still reaches its zone through this process."""
        return bool(self._clients or self._adopting)

    @property
    def is_alone(self) -> bool:
        """Whether there is no older worker, from which the zone would move to this one."""
        return not self._predecessors

    async def open(self, tenant: Tenant) -> SharedZone:
        """The zone, when it has moved to this worker and is rebuilt. `opened` has to be called when the worker serves."""
        rebuilding = Rebuilding(self._journal, self._all_settings, self._epoch, int(tenant.clock.now()), tenant.warn)
        while rebuilding.follow():  # the old worker still serves
            await asyncio.sleep(0)
        predecessors, self._behind = take_over(self._predecessors, tenant.say)
        zone = rebuilding.finish()
        recorder = JournalRecorder(self._journal, zone, self._epoch, tenant.clock)
        if rebuilding.under_others:
            recorder.compact()
        local = LocalZone(zone, tenant.clock, recorder, lambda: tenant.say("crit", NO_MEMORY))
        forget_the_dead(local, [self.worker, *[each.worker for each in (*predecessors, *self._behind)]])
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

    async def close(self) -> None:
        """The worker has ended. Whoever has the zone then, or the master, sees that it is gone."""

    def _let_go(self, wire: Wire, server: ZoneServer, local: LocalZone, tenant: Tenant) -> None:
        """Let the zone go when the other side of `wire` asks for it, and use it there from then on."""

        def let_go() -> None:
            tenant.leave()
            for client in self._clients:
                client.write(pack(Moved()))
            local.stop()
            remote.listen(self.worker, local.zone.recipients[self.worker])
            tenant.replaced(remote)
            server.call = remote.call
            remote.hand_over()

        remote = RemoteZone(wire.write, tenant.leave, let_go)
        _begin(wire, remote, tenant)

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
            if predecessor.passes_on and self._behind:
                adopting = asyncio.get_running_loop().create_task(self._adopt(server, local, say))
                self._adopting.add(adopting)
                adopting.add_done_callback(self._adopting.discard)

        receive = checked(client.received, broken)
        wire.write(predecessor.unsent)
        receive(predecessor.unread)
        wire.begin(receive, lost)

    async def _adopt(self, server: ZoneServer, local: LocalZone, say: Say) -> None:
        """Serve the workers that reached the zone through one that is gone."""
        for predecessor in cut_off(self._behind):
            await self._serve(server, local, asking(predecessor), say)


def forget_the_dead(local: LocalZone, living: Iterable[str]) -> None:
    """Forget all workers but these."""
    alive = set(living)
    for worker in local.do_at_once(Summary()).by_worker:
        if worker.name not in alive:
            local.do_at_once(Forget(worker.name))


class MastersZone:
    """The zone in the master, shared by several workers, as the one with the name `worker` finds it."""

    serving = False
    is_alone = False

    def __init__(self, worker: str, settings: ZoneSettings, end: socket.socket) -> None:
        self.worker = worker
        self.settings = settings
        self._end = end

    async def open(self, tenant: Tenant) -> SharedZone:
        """See OwnZone.open."""

        def let_go() -> None:
            tenant.leave()
            remote.hand_over()

        wire = await connect(self._end)
        remote = RemoteZone(wire.write, tenant.leave, let_go)
        _begin(wire, remote, tenant)
        remote.post(Attach(self.worker, tenant.pid))
        return remote

    def opened(self) -> None:
        """See OwnZone.opened. Here the worker may be asked at any time: the zone has moved, and the process that took it died."""

    async def close(self) -> None:
        """See OwnZone.close."""


def _begin(wire: Wire, remote: RemoteZone, tenant: Tenant) -> None:
    """Connect a worker's side of the dialogue to its wire."""

    def broken(reason: str) -> None:
        tenant.say("alert", f"this worker is cut off from the channels: {reason}")
        wire.close()

    def lost() -> None:
        remote.lost()
        tenant.lost()

    wire.begin(checked(remote.received, broken), lost)
