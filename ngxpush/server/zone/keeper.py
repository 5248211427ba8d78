"""The master's part in the zone: it keeps the journal of a zone that lives in the only worker; else it has the zone itself.

Without workers it has the zone, too: those of older configurations still use it.

At a reload the zone moves to where the new workers look for it, and requests under way in the old ones find it there, too.
The keeper knows all living workers in the order of their start: whoever takes the zone over hears of each (see predecessors.py).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from ...push.local_zone import LocalZone
from ...push.operations import Forget
from ..logs.log_files import Say
from ..processes.selecting import Loop, LoopTimer, MastersEnd
from ..setup.startup import Setup
from .dialogue import checked
from .journal import Journal
from .places import NO_MEMORY, MastersZone, OwnZone, forget_the_dead
from .predecessors import Predecessor, asking, cut_off, take_over
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


class ZoneUser(Struct, eq=False):
    """A worker that uses the zone in this process."""

    end: MastersEnd
    client: ZoneClient


class ZoneInMaster(Struct, eq=False):
    """The zone of several workers, or of those of older configurations where there are no new ones, in this process.

    behind: older workers that reach it through another one, the newest first.  users: the others, by the worker's name.
    """

    local: LocalZone
    server: ZoneServer
    behind: list[Predecessor] = field(default_factory=list)
    users: dict[str, ZoneUser] = field(default_factory=dict)


class ZoneKeeper:
    """Where the zone of a master's workers is. in_master: there is not just one worker.  say: writes to the error log."""

    def __init__(self, loop: Loop, setup: Setup, in_master: bool, say: Say) -> None:
        self._loop = loop
        self._say = say
        self._epoch = setup.epoch
        self._settings = {setup.epoch: ZoneSettings.of(setup.configuration)}
        self._journal = Journal()
        self._shared: ZoneInMaster | None = None
        self._living: dict[str, Predecessor] = {}
        self._retired = False
        if in_master:
            self._share()

    def place(self, worker: str, end: socket.socket) -> OwnZone | MastersZone:
        """Where a new worker finds the zone. end: the worker's end of a socket; `use` gets the other end."""
        if self._shared is None:
            return OwnZone(worker, self._journal, self._settings, self._epoch, self.predecessors, end)
        return MastersZone(worker, self._settings[self._epoch], end)

    def use(self, worker: str, pid: int, end: socket.socket) -> None:
        """A worker has started: serve it, if the zone is here. end: the master's end of its socket."""
        started = Predecessor(worker, pid, end, passes_on=self._shared is None)
        if self._shared is not None:
            self._serve(self._shared, started)
        else:
            self._living = {name: replace(each, is_asked=True) for name, each in self._living.items()}
        self._living[worker] = started

    def forget(self, worker: str) -> None:
        """A worker is gone."""
        gone = self._living.pop(worker)
        shared = self._shared
        if shared is None:
            return
        user = shared.users.pop(worker, None)
        if user is not None:
            user.end.close()
        shared.local.do_at_once(Forget(worker))
        shared.behind = [each for each in shared.behind if each.worker != worker]
        if self._retired and not self._living:
            shared.local.stop()
        if user is not None and gone.passes_on:
            for predecessor in cut_off(shared.behind):
                self._serve(shared, asking(predecessor))

    @property
    def predecessors(self) -> tuple[Predecessor, ...]:
        """The workers whose zone one that is started now takes over, the newest first."""
        return tuple(reversed(self._living.values())) if self._shared is None else ()

    def settled(self, epoch: int) -> None:
        """A worker of that configuration serves: drop what only one that takes the zone over needs.

        These are the settings of older configurations, unless the journal was written under them, and what the master had read
        and not sent when it had the zone.
        """
        if self._shared is None:
            epoch = min(epoch, first_epoch(self._journal, epoch))
            self._living = {name: replace(each, unread=b"", unsent=b"") for name, each in self._living.items()}
        for older in [known for known in self._settings if known < epoch]:
            del self._settings[older]

    def move(self, setup: Setup, in_master: bool) -> None:
        """Put the zone where the workers of a new configuration look for it. in_master: there is not just one."""
        before, self._epoch = self._settings[self._epoch], setup.epoch
        settings = self._settings[setup.epoch] = ZoneSettings.of(setup.configuration)
        if self._shared is None:
            if in_master:
                self._share()
        elif in_master:
            local = self._shared.local
            zone, warning = under(settings, before, local.zone, int(time.time()))
            local.go_on_with(zone)
            if warning is not None:
                self._warn(warning)
        else:
            shared, self._shared = self._shared, None
            shared.local.stop()
            store(self._journal, shared.local.zone, setup.epoch - 1, int(time.time()))
            for name, user in shared.users.items():
                user.end.release()
                self._living[name] = replace(
                    self._living[name], is_asked=False, unread=user.client.unread, unsent=user.end.unsent
                )

    def retire(self) -> None:
        """No worker will start with this zone any more: it ends with the last of those that use it."""
        self._retired = True

    def _share(self) -> None:
        """Take the zone into this process, from the journal or from the worker that has it."""
        served, behind = take_over(self.predecessors, self._say)
        zone = Rebuilding(self._journal, self._settings, self._epoch, int(time.time()), self._warn).finish()
        local = LocalZone(zone, MastersClock(self._loop), no_memory=lambda: self._say("crit", NO_MEMORY))
        forget_the_dead(local, [each.worker for each in (*served, *behind)])
        local.start()
        self._shared = ZoneInMaster(local, ZoneServer(calls_to(local)), behind)
        for predecessor in served:
            self._serve(self._shared, predecessor)

    def _serve(self, shared: ZoneInMaster, predecessor: Predecessor) -> None:
        """Let a worker use the zone."""
        worker = predecessor.worker

        def broken(reason: str) -> None:
            self._say("alert", f"worker {worker} is cut off from the channels: {reason}")
            masters_end.close()

        def lost() -> None:
            if client.unread:
                self._say("warn", f"worker {worker} left in the middle of a frame")

        receive = checked(lambda data: client.received(data), broken)
        masters_end = MastersEnd(self._loop, predecessor.end, receive, lost)
        client = ZoneClient(shared.server, masters_end.write)
        shared.local.listen(worker, client)
        shared.users[worker] = ZoneUser(masters_end, client)
        masters_end.write(predecessor.unsent)
        receive(predecessor.unread)

    def _warn(self, text: str) -> None:
        self._say("warn", text)
