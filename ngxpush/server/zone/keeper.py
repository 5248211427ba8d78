"""The master's part in the zone: it keeps the journal of a zone that lives in the only worker, or the zone itself for several.

At a reload the zone moves to where the new workers look for it, and requests under way in the old ones find it there, too.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...push.local_zone import LocalZone
from ...push.operations import Forget
from ..processes.selecting import Loop, LoopTimer, MastersEnd
from ..setup.startup import Setup
from .dialogue import checked
from .journal import Journal
from .places import NO_MEMORY, MastersZone, OwnZone, Predecessor, Say, hand_over
from .restoring import Rebuilding, ZoneSettings, first_epoch, store, under
from .serving import ZoneClient, ZoneServer, calls_to


class MastersClock:
    """The wall clock and the master's timers (push.question.Clock)."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self) -> float:
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> LoopTimer:
        return self._loop.call_later(seconds, callback)


@dataclass(slots=True, eq=False)
class ZoneUser:
    """A worker that uses the zone in this process."""

    end: MastersEnd
    client: ZoneClient


@dataclass(slots=True, eq=False)
class ZoneInMaster:
    """The zone of several workers, in this process. users: by the worker's name."""

    local: LocalZone
    server: ZoneServer
    users: dict[str, ZoneUser] = field(default_factory=dict)


class ZoneKeeper:
    """Where the zone of a master's workers is. say: writes to the error log."""

    def __init__(self, loop: Loop, setup: Setup, several: bool, say: Say) -> None:
        self._loop = loop
        self._say = say
        self._epoch = setup.epoch
        self._settings = {setup.epoch: ZoneSettings.of(setup.configuration)}
        self._journal = Journal()
        self._shared: ZoneInMaster | None = None
        self._left: list[ZoneUser] = []
        if several:
            self._share(None)

    def place(self, worker: str, predecessors: tuple[Predecessor, ...], end: socket.socket) -> OwnZone | MastersZone:
        """Where a new worker finds the zone. end: the worker's end of a socket; `use` gets the other end."""
        if self._shared is None:
            return OwnZone(worker, self._journal, self._settings, self._epoch, predecessors, end)
        return MastersZone(worker, self._settings[self._epoch], end)

    def use(self, worker: str, end: socket.socket) -> None:
        """A worker has started: serve it, if the zone is here. end: the master's end of its socket."""
        if self._shared is not None:
            self._serve(self._shared, worker, end)

    def forget(self, worker: str) -> None:
        """A worker is gone."""
        if self._shared is not None:
            user = self._shared.users.pop(worker, None)
            if user is not None:
                user.end.close()
            self._shared.local.do_at_once(Forget(worker))

    def predecessors(self, newest: tuple[str, socket.socket] | None) -> tuple[Predecessor, ...]:
        """Whose zone a worker that is started now takes over. newest: the newest worker's name, and a socket to it."""
        if self._shared is not None or newest is None:
            return ()
        return (Predecessor(*newest),)

    def settled(self, epoch: int) -> None:
        """A worker of that configuration serves: drop the settings of older ones that no one needs to read the journal."""
        if self._shared is None:
            first = first_epoch(self._journal)
            epoch = epoch if first is None else min(epoch, first)
        for older in [known for known in self._settings if known < epoch]:
            del self._settings[older]

    def move(
        self, setup: Setup, several: bool, newest: tuple[str, socket.socket] | None, ends: Mapping[str, socket.socket]
    ) -> tuple[Predecessor, ...]:
        """Put the zone where the workers of a new configuration look for it. Returns the old workers they take over from.

        ends: sockets to all old workers, by their names.  When the new workers are started, `moved` has to be called.
        """
        before, self._epoch = self._settings[self._epoch], setup.epoch
        settings = self._settings[setup.epoch] = ZoneSettings.of(setup.configuration)
        if self._shared is None:
            if several:
                self._share(newest)
                return ()
            return self.predecessors(newest)
        if several:
            local = self._shared.local
            local.zone, warning = under(settings, before, local.zone, int(time.time()))
            if warning is not None:
                self._warn(warning)
            return ()
        shared, self._shared = self._shared, None
        shared.local.stop()
        store(self._journal, shared.local.zone, setup.epoch - 1, int(time.time()))
        self._left = list(shared.users.values())
        return tuple(
            Predecessor(name, ends[name], False, user.client.unread, user.end.unsent) for name, user in shared.users.items()
        )

    def moved(self) -> None:
        """The new worker has the sockets to the old ones: close them here."""
        for user in self._left:
            user.end.close()
        self._left = []

    def _share(self, owner: tuple[str, socket.socket] | None) -> None:
        """Take the zone into this process, from the journal or from the worker that has it."""
        predecessor = None if owner is None else hand_over(Predecessor(*owner), self._say)
        zone = Rebuilding(self._journal, self._settings, self._epoch, int(time.time()), self._warn).finish()
        local = LocalZone(zone, MastersClock(self._loop), no_memory=lambda: self._say("crit", NO_MEMORY))
        local.start()
        self._shared = ZoneInMaster(local, ZoneServer(calls_to(local)))
        if predecessor is not None:
            self._serve(self._shared, predecessor.worker, predecessor.end, predecessor.unread)

    def _serve(self, shared: ZoneInMaster, worker: str, end: socket.socket, unread: bytes = b"") -> None:
        """Let a worker use the zone. unread: what it has sent already."""

        def broken(reason: str) -> None:
            self._say("alert", f"worker {worker} is cut off from the channels: {reason}")
            masters_end.close()

        def lost() -> None:
            if client.unread:
                self._say("warn", f"worker {worker} left in the middle of a frame")

        receive = checked(lambda data: client.received(data), broken)
        masters_end = MastersEnd(self._loop, end, receive, lost)
        client = ZoneClient(shared.server, masters_end.write)
        shared.local.listen(worker, client)
        shared.users[worker] = ZoneUser(masters_end, client)
        receive(unread)

    def _warn(self, text: str) -> None:
        self._say("warn", text)
