"""The master: owns the sockets and the pid file, keeps the workers going, and acts on signals.

With one worker the zone lives in that worker and its journal here, so that the next worker finds it; with several the zone lives
here, and each worker reaches it over a socketpair (zone_places).  The master runs no event loop but `selecting.Loop`: it forks.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..push.local_zone import LocalZone
from . import worker
from .daemon import PidFile
from .journal import Journal
from .listeners import ListeningSocket
from .process import CannotServe, become_worker, owner_of_logs
from .reading import Failed, Source, read
from .selecting import Loop, Peer, Timer
from .signals import Source as SignalSource
from .startup import Setup, set_up
from .zone_places import MastersZone, OwnZone, Predecessor, Settings, hand_over, rebuild, store
from .zone_server import ZoneClient, ZoneServer, calls_to

# A worker that could not start exits with this; a new one would not do better.
_FAILED = 2
# A worker that dies is replaced after this pause, so that one that dies at once doesn't keep the machine busy.
_PAUSE = 0.1


class Clock:
    """The wall clock and the master's timers (push.question.Clock)."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def now(self) -> float:
        return time.time()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self._loop.call_later(seconds, callback)


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """A worker as the master sees it. number: 0, 1, … among those of its configuration.

    zone: the master's end of its socket to a zone.  leaving: told to end.
    """

    pid: int
    epoch: int
    number: int
    control: Peer
    zone: socket.socket
    ready: bool = False
    leaving: bool = False


@dataclass(slots=True, eq=False)
class ZoneUser:
    """A worker that uses the zone in this process."""

    peer: Peer
    client: ZoneClient


@dataclass(slots=True, eq=False)
class SharedZonePlace:
    """The zone of several workers, in this process. users: by pid."""

    local: LocalZone
    server: ZoneServer
    users: dict[int, ZoneUser] = field(default_factory=dict)


class Master:
    """One running server. setup: what `startup.set_up` made of the configuration.  signals: what this process is told."""

    def __init__(self, source: Source, setup: Setup, nginx_version: bytes, signals: SignalSource, pid_file: PidFile) -> None:
        self._source = source
        self._setup = setup
        self._nginx_version = nginx_version
        self._loop = Loop()
        self._signals = signals
        self._pid_file = pid_file
        self._journal = Journal()
        self._settings = {setup.epoch: Settings.of(setup.configuration)}
        self._shared: SharedZonePlace | None = None
        self._workers: dict[int, WorkerProcess] = {}
        self._ending = False

    def run(self) -> None:
        """Run until told to end and the last worker is gone."""
        self._loop.watch(self._signals, lambda events: self._act())
        self._act()  # a stop that came while the server was loaded spares the workers
        if not self._ending:
            if self._count() > 1:
                self._open_shared_zone(None)
            self._start_workers(())
        while self._workers or not self._ending:
            self._loop.turn()
        self._close()

    def _count(self) -> int:
        return self._setup.configuration.core.worker_processes or os.cpu_count() or 1

    def _say(self, level: str, text: str) -> None:
        self._setup.error_log.log(level, text)

    # signals

    def _act(self) -> None:
        for received in self._signals.received():
            self._say("notice", str(received))
            match received.number:
                case signal.SIGCHLD:
                    self._reap()
                case signal.SIGTERM | signal.SIGINT:
                    self._end(signal.SIGTERM)
                case signal.SIGQUIT:
                    self._end(signal.SIGQUIT)
                case signal.SIGHUP if not self._ending:
                    self._say("notice", "reconfiguring")
                    self._reload()
                case signal.SIGUSR1:
                    self._say("notice", "reopening logs")
                    owner = owner_of_logs(self._setup.configuration.core.user)
                    self._setup.files.reopen(lambda text: self._say("emerg", text), owner)
                    self._signal_workers(signal.SIGUSR1)

    def _end(self, number: signal.Signals) -> None:
        self._ending = True
        for process in self._workers.values():
            process.leaving = True
        self._signal_workers(number)

    def _signal_workers(self, number: signal.Signals) -> None:
        for pid in self._workers:
            os.kill(pid, number)

    # workers

    def _start_workers(self, predecessors: tuple[Predecessor, ...]) -> None:
        self._say("notice", "start worker processes")
        for _ in range(self._count()):
            self._start_worker(predecessors)

    def _start_worker(self, predecessors: tuple[Predecessor, ...]) -> None:
        control, workers_control = socket.socketpair()
        zone, workers_zone = socket.socketpair()
        taken = {process.number for process in self._workers.values() if process.epoch == self._setup.epoch}
        number = next(number for number in itertools.count() if number not in taken)
        pid = os.fork()
        if not pid:
            control.close()
            zone.close()
            self._be_worker(number, workers_control, workers_zone, predecessors)
        workers_control.close()
        workers_zone.close()
        self._say("notice", f"start worker process {pid}")
        peer = Peer(self._loop, control, lambda data: self._worker_is_ready(pid), lambda: None)
        self._workers[pid] = WorkerProcess(pid, self._setup.epoch, number, peer, zone)
        if self._shared is not None:
            self._serve_zone(self._shared, pid, zone)

    def _be_worker(
        self, number: int, control: socket.socket, zone: socket.socket, predecessors: tuple[Predecessor, ...]
    ) -> None:
        """The life of the child; it does not return."""
        status = _FAILED
        try:
            self._signals.close()
            self._loop.close()
            kept = {predecessor.end for predecessor in predecessors}
            for process in self._workers.values():
                process.control.drop()
                if process.zone not in kept:
                    process.zone.close()
            become_worker(self._setup.configuration.core, number, self._say)
            epoch = self._setup.epoch
            place: OwnZone | MastersZone
            if self._shared is None:
                place = OwnZone(self._journal, self._settings, epoch, predecessors, zone)
            else:
                place = MastersZone(self._settings[epoch], zone)
            worker.run(self._setup, place, control, self._nginx_version)
            status = 0
        except CannotServe:
            pass  # it has told why
        finally:
            os._exit(status)

    def _worker_is_ready(self, pid: int) -> None:
        """A worker serves; when all of its generation do, those of older ones are told to end."""
        process = self._workers.get(pid)
        if process is None:
            return
        process.ready = True
        # It has written the journal anew: what older configurations said of the zone is not needed any more.
        for epoch in [epoch for epoch in self._settings if epoch < process.epoch]:
            del self._settings[epoch]
        if all(one.ready for one in self._workers.values() if one.epoch == self._setup.epoch):
            for old in self._workers.values():
                if old.epoch != self._setup.epoch and not old.leaving:
                    old.leaving = True
                    old.control.write(worker.END_SUBSCRIBERS)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            process = self._workers.pop(pid, None)
            if process is not None:
                self._worker_is_gone(process, status)

    def _worker_is_gone(self, process: WorkerProcess, status: int) -> None:
        process.control.close()
        process.zone.close()
        if self._shared is not None:
            user = self._shared.users.pop(process.pid, None)
            if user is not None:
                user.peer.close()
            self._shared.local.apply("forget", (process.pid,))
        if os.WIFSIGNALED(status):
            self._say("alert", f"worker process {process.pid} exited on signal {os.WTERMSIG(status)}")
        else:
            self._say("notice", f"worker process {process.pid} exited with code {os.WEXITSTATUS(status)}")
        if process.leaving or self._ending:
            return
        if status >> 8 == _FAILED:
            self._say("alert", f"worker process {process.pid} exited with fatal code 2 and cannot be respawned")
            self._ending = self._ending or not self._workers
            return
        self._loop.call_later(_PAUSE, self._replace_worker)

    def _replace_worker(self) -> None:
        serving = [process for process in self._workers.values() if process.epoch == self._setup.epoch and not process.leaving]
        if not self._ending and len(serving) < self._count():
            self._start_worker(self._predecessors())

    # the zone of several workers

    def _open_shared_zone(self, predecessor: WorkerProcess | None) -> None:
        """Take the zone into this process, from the journal or from the worker that has it."""
        if predecessor is not None:
            hand_over(predecessor.zone)
        zone, warning = rebuild(self._journal, self._settings, self._setup.epoch, int(time.time()))
        if warning is not None:
            self._say("warn", warning)
        local = LocalZone(zone, os.getpid(), Clock(self._loop), lambda operation, arguments: None)
        local.start()
        self._shared = SharedZonePlace(local, ZoneServer(calls_to(local)))
        if predecessor is not None:
            self._serve_zone(self._shared, predecessor.pid, predecessor.zone)

    def _serve_zone(self, shared: SharedZonePlace, pid: int, end: socket.socket) -> None:
        peer = Peer(self._loop, end, lambda data: client.received(data), lambda: None)
        client = ZoneClient(shared.server, pid, peer.write)
        shared.local.zone.listeners[pid] = client
        shared.users[pid] = ZoneUser(peer, client)

    def _predecessors(self) -> tuple[Predecessor, ...]:
        """The worker that has the zone, if a worker has it: the newest one."""
        if self._shared is not None or not self._workers:
            return ()
        newest = max(self._workers.values(), key=lambda process: process.epoch)
        return (Predecessor(newest.pid, newest.zone),)

    # reload

    def _reload(self) -> None:
        """Check the new configuration; only when it is good replace the workers."""
        before = self._setup
        try:
            analysis = read(self._source, self._tell)
            setup = set_up(self._source, analysis, self._tell, before)
        except Failed:
            return
        self._setup = setup
        self._settings[setup.epoch] = Settings.of(setup.configuration)
        self._move_pid_file()
        # A new worker must not hold what is dropped: a port stays open as long as anybody does.
        kept = {id(listening) for listening, _ in setup.sockets}
        for listening, _ in before.sockets:
            if id(listening) not in kept:
                listening.close(unlink=True)
        before.files.close()
        predecessors, users = self._move_zone()
        self._start_workers(predecessors)
        for user in users:
            user.peer.close()

    def _move_pid_file(self) -> None:
        path = os.fsdecode(self._setup.configuration.core.pid)
        if path == self._pid_file.path:
            return
        old, self._pid_file = self._pid_file, PidFile(path)
        for failed in (self._pid_file.write(), old.remove()):
            if failed is not None:
                self._say("alert", failed)

    def _tell(self, level: str, text: str) -> None:
        """What is said of a new configuration goes to the log in force."""
        self._say(level, text)

    def _move_zone(self) -> tuple[tuple[Predecessor, ...], list[ZoneUser]]:
        """Put the zone where the new configuration's workers look for it.

        Returns whose zone or requests the new worker takes over, and what this process closes once that worker has it.
        """
        settings = self._settings[self._setup.epoch]
        shared = self._shared
        if shared is None:
            predecessors = self._predecessors()
            if self._count() == 1:
                return predecessors, []
            self._open_shared_zone(self._workers[predecessors[0].pid] if predecessors else None)
            return (), []
        if self._count() > 1:
            warning = shared.local.zone.configure(settings.main, settings.templates, int(time.time()))
            if warning is not None:
                self._say("warn", warning)
            return (), []
        shared.local.stop()
        store(self._journal, shared.local.zone, self._setup.epoch - 1)
        self._shared = None
        predecessors = tuple(
            Predecessor(pid, self._workers[pid].zone, False, user.client.unread, user.peer.unsent)
            for pid, user in shared.users.items()
        )
        return predecessors, list(shared.users.values())

    def _close(self) -> None:
        self._say("notice", "exit")
        failed = self._pid_file.remove()
        if failed is not None:
            self._say("alert", failed)
        for listening in self._sockets():
            listening.close(unlink=True)
        self._setup.files.close()

    def _sockets(self) -> list[ListeningSocket]:
        return [listening for listening, _ in self._setup.sockets]


def run_single(setup: Setup, nginx_version: bytes, signals: SignalSource, pid_file: PidFile) -> None:
    """`master_process off`: this process is the only worker."""
    signals.close()
    try:
        become_worker(setup.configuration.core, 0, setup.error_log.log)
    except CannotServe:
        sys.exit(_FAILED)
    heir, unused = socket.socketpair()
    settings = {setup.epoch: Settings.of(setup.configuration)}
    worker.run(setup, OwnZone(Journal(), settings, setup.epoch, (), heir), None, nginx_version)
    unused.close()
    pid_file.remove()
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
