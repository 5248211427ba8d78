"""The master's part in the zone: it keeps the journal of a zone that lives in the only worker, or the zone itself for several.

At a reload the zone moves to where the new workers look for it, and requests under way in the old ones find it there, too.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..push.local_zone import LocalZone
from .journal import Journal
from .selecting import Loop, Peer, Timer
from .startup import Setup
from .zone_places import MastersZone, OwnZone, Predecessor, Settings, hand_over, rebuild, store
from .zone_server import ZoneClient, ZoneServer, calls_to


class Clock:
    """The wall clock and the master's timers (push.question.Clock)."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self) -> float:
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self._loop.call_later(seconds, callback)


@dataclass(slots=True, eq=False)
class User:
    """A worker that uses the zone in this process."""

    peer: Peer
    client: ZoneClient


@dataclass(slots=True, eq=False)
class Shared:
    """The zone of several workers, in this process. users: by pid."""

    local: LocalZone
    server: ZoneServer
    users: dict[int, User] = field(default_factory=dict)


class ZoneKeeper:
    """Where the zone of a master's workers is. warn: writes a warning to the error log."""

    def __init__(self, loop: Loop, setup: Setup, several: bool, warn: Callable[[str], None]) -> None:
        self._loop = loop
        self._warn = warn
        self._epoch = setup.epoch
        self._settings = {setup.epoch: Settings.of(setup.configuration)}
        self._journal = Journal()
        self._shared: Shared | None = None
        self._left: list[User] = []
        if several:
            self._share(None)

    def place(self, predecessors: tuple[Predecessor, ...], end: socket.socket) -> OwnZone | MastersZone:
        """Where a new worker finds the zone (called in that worker). end: its end of the socket that `use` gets the other of."""
        if self._shared is None:
            return OwnZone(self._journal, self._settings, self._epoch, predecessors, end)
        return MastersZone(self._settings[self._epoch], end)

    def use(self, pid: int, end: socket.socket) -> None:
        """A worker has started; it uses the zone, if that is here."""
        if self._shared is not None:
            self._serve(self._shared, pid, end)

    def forget(self, pid: int) -> None:
        """A worker is gone."""
        if self._shared is not None:
            user = self._shared.users.pop(pid, None)
            if user is not None:
                user.peer.close()
            self._shared.local.apply("forget", (pid,))

    def predecessors(self, newest: tuple[int, socket.socket] | None) -> tuple[Predecessor, ...]:
        """Whose zone a worker started now takes over: that of the newest worker there is (its pid, a socket to it)."""
        if self._shared is not None or newest is None:
            return ()
        return (Predecessor(*newest),)

    def settled(self, epoch: int) -> None:
        """A worker of that configuration serves: nothing is left of what older ones said of the zone."""
        for older in [known for known in self._settings if known < epoch]:
            del self._settings[older]

    def move(
        self, setup: Setup, several: bool, newest: tuple[int, socket.socket] | None, ends: Mapping[int, socket.socket]
    ) -> tuple[Predecessor, ...]:
        """Put the zone where the workers of a new configuration look for it; what they take over from the old ones.

        ends: sockets to all old workers, by pid.  When the new workers are started, `moved` is to be called.
        """
        self._epoch = setup.epoch
        settings = self._settings[setup.epoch] = Settings.of(setup.configuration)
        if self._shared is None:
            if several:
                self._share(newest)
                return ()
            return self.predecessors(newest)
        if several:
            warning = self._shared.local.zone.configure(settings.main, settings.templates, int(time.time()))
            if warning is not None:
                self._warn(warning)
            return ()
        shared, self._shared = self._shared, None
        shared.local.stop()
        store(self._journal, shared.local.zone, setup.epoch - 1)
        self._left = list(shared.users.values())
        return tuple(
            Predecessor(pid, ends[pid], False, user.client.unread, user.peer.unsent) for pid, user in shared.users.items()
        )

    def moved(self) -> None:
        """The new worker has the sockets to the old ones: here they are closed."""
        for user in self._left:
            user.peer.close()
        self._left = []

    def _share(self, owner: tuple[int, socket.socket] | None) -> None:
        """Take the zone into this process, from the journal or from the worker that has it."""
        if owner is not None:
            hand_over(owner[1])
        zone, warning = rebuild(self._journal, self._settings, self._epoch, int(time.time()))
        if warning is not None:
            self._warn(warning)
        local = LocalZone(zone, os.getpid(), Clock(self._loop))
        local.start()
        self._shared = Shared(local, ZoneServer(calls_to(local)))
        if owner is not None:
            self._serve(self._shared, *owner)

    def _serve(self, shared: Shared, pid: int, end: socket.socket) -> None:
        peer = Peer(self._loop, end, lambda data: client.received(data), lambda: None)
        client = ZoneClient(shared.server, pid, peer.write)
        shared.local.zone.listeners[pid] = client
        shared.users[pid] = User(peer, client)
