"""The master: owns the sockets and the pid file, keeps the workers going, and acts on signals.

With one worker the zone lives in that worker and its journal here, so that the next worker finds it; with several the zone lives
here, and each worker reaches it over a socketpair (zone_places).  The master runs no event loop but `selecting.Loop`: it forks.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..push.local_zone import LocalZone
from . import worker
from .daemon import PidFile
from .journal import Journal
from .listeners import ListeningSocket
from .selecting import Loop, Peer, Timer
from .signals import MASTER_SIGNALS, SignalSocket
from .startup import Failed, Setup, Source, read, set_up
from .zone_places import MastersZone, OwnZone, Settings, hand_over, rebuild, store
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
    """A worker as the master sees it. zone: the master's end of its socket to a zone.  leaving: told to end."""

    pid: int
    epoch: int
    control: Peer
    zone: socket.socket
    ready: bool = False
    leaving: bool = False


@dataclass(slots=True, eq=False)
class SharedZonePlace:
    """The zone of several workers, in this process."""

    local: LocalZone
    server: ZoneServer
    peers: dict[int, Peer] = field(default_factory=dict)


class Master:
    """One running server. `setup` is what `startup.set_up` made of the configuration."""

    def __init__(self, source: Source, setup: Setup, nginx_version: bytes) -> None:
        self._source = source
        self._setup = setup
        self._nginx_version = nginx_version
        self._loop = Loop()
        self._signals = SignalSocket(MASTER_SIGNALS)
        self._journal = Journal()
        self._settings = {setup.epoch: Settings.of(setup.configuration)}
        self._shared: SharedZonePlace | None = None
        self._workers: dict[int, WorkerProcess] = {}
        self._ending = False
        self.pid_file = PidFile(os.fsdecode(setup.configuration.core.pid))

    def run(self) -> None:
        """Run until told to end and the last worker is gone."""
        self._loop.watch(self._signals, lambda events: self._act())
        if self._count() > 1:
            self._open_shared_zone(None)
        for _ in range(self._count()):
            self._start_worker(None)
        while self._workers or not self._ending:
            self._loop.turn()
        self._close()

    def _count(self) -> int:
        return self._setup.configuration.core.worker_processes or os.cpu_count() or 1

    def _say(self, level: str, text: str) -> None:
        self._setup.error_log.log(level, text)

    # signals

    def _act(self) -> None:
        for number in self._signals.received():
            if number is signal.SIGCHLD:
                self._reap()
                continue
            if MASTER_SIGNALS[number]:
                self._say("notice", f"signal {int(number)} ({number.name}) received, {MASTER_SIGNALS[number]}")
            if number in (signal.SIGTERM, signal.SIGINT):
                self._end(signal.SIGTERM)
            elif number is signal.SIGQUIT:
                self._end(signal.SIGQUIT)
            elif number is signal.SIGHUP and not self._ending:
                self._reload()
            elif number is signal.SIGUSR1:
                self._setup.files.reopen(lambda text: self._say("emerg", text))
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

    def _start_worker(self, predecessor: tuple[int, socket.socket] | None) -> None:
        control, workers_control = socket.socketpair()
        zone, workers_zone = socket.socketpair()
        pid = os.fork()
        if not pid:
            self._be_worker(workers_control, workers_zone, predecessor)
        workers_control.close()
        workers_zone.close()
        peer = Peer(self._loop, control, lambda data: self._worker_is_ready(pid), lambda: None)
        self._workers[pid] = WorkerProcess(pid, self._setup.epoch, peer, zone)
        if self._shared is not None:
            self._serve_zone(self._shared, pid, zone)

    def _be_worker(self, control: socket.socket, zone: socket.socket, predecessor: tuple[int, socket.socket] | None) -> None:
        """The life of the child; it does not return."""
        status = _FAILED
        try:
            self._signals.close()
            self._loop.close()
            for process in self._workers.values():
                process.control.drop()
                if predecessor is None or process.zone is not predecessor[1]:
                    process.zone.close()
            epoch = self._setup.epoch
            place: OwnZone | MastersZone
            if self._shared is None:
                place = OwnZone(self._journal, self._settings, epoch, predecessor, zone)
            else:
                place = MastersZone(self._settings[epoch], zone)
            worker.run(self._setup, place, control, self._nginx_version)
            status = 0
        finally:
            os._exit(status)

    def _worker_is_ready(self, pid: int) -> None:
        """A worker serves; when all of its generation do, those of older ones are told to end."""
        process = self._workers.get(pid)
        if process is None:
            return
        process.ready = True
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
            peer = self._shared.peers.pop(process.pid, None)
            if peer is not None:
                peer.close()
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
            self._start_worker(None)

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
        shared.peers[pid] = peer

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
        old = [process for process in self._workers.values() if not process.leaving]
        self._move_zone(old[0] if old else None)
        predecessor = (old[0].pid, old[0].zone) if old and self._shared is None else None
        for _ in range(self._count()):
            self._start_worker(predecessor)
        kept = {id(listening) for listening, _ in setup.sockets}
        for listening, _ in before.sockets:
            if id(listening) not in kept:
                listening.close(unlink=True)
        before.files.close()
        for epoch in [epoch for epoch in self._settings if epoch < setup.epoch - 1]:
            del self._settings[epoch]

    def _tell(self, level: str, text: str) -> None:
        """What is said of a new configuration goes to the log in force."""
        self._say(level, text)

    def _move_zone(self, old: WorkerProcess | None) -> None:
        """Put the zone where the new configuration's workers look for it."""
        settings = self._settings[self._setup.epoch]
        if self._count() > 1 and self._shared is None:
            self._open_shared_zone(old)
        elif self._shared is not None and self._count() > 1:
            warning = self._shared.local.zone.configure(settings.main, settings.templates, int(time.time()))
            if warning is not None:
                self._say("warn", warning)
        elif self._shared is not None:
            self._shared.local.stop()
            store(self._journal, self._shared.local.zone, self._setup.epoch - 1)
            for peer in self._shared.peers.values():
                peer.close()
            self._shared = None

    def _close(self) -> None:
        self._say("notice", "exit")
        failed = self.pid_file.remove()
        if failed is not None:
            self._say("alert", failed)
        for listening in self._sockets():
            listening.close(unlink=True)
        self._setup.files.close()

    def _sockets(self) -> list[ListeningSocket]:
        return [listening for listening, _ in self._setup.sockets]


def run_single(setup: Setup, nginx_version: bytes) -> None:
    """`master_process off`: this process is the only worker."""
    pid_file = PidFile(os.fsdecode(setup.configuration.core.pid))
    failed = pid_file.write()
    if failed is not None:
        setup.error_log.log("emerg", failed)
    heir, unused = socket.socketpair()
    settings = {setup.epoch: Settings.of(setup.configuration)}
    worker.run(setup, OwnZone(Journal(), settings, setup.epoch, None, heir), None, nginx_version)
    unused.close()
    pid_file.remove()
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
