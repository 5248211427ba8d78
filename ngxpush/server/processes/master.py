"""The master: owns the sockets and the pid file, keeps the workers going, and acts on signals.

The zone, which the workers share, is the business of zone.keeper.  The master forks, so it runs no asyncio but `selecting.Loop`.

There is one reload at a time: HUP while the workers of the last one are still starting counts once, after that, as HUP does in
nginx while it reads a configuration.  A worker takes the channels over from the one before it; if reloads came faster than
workers start, many would wait in a row, each for the one before it.
"""

from __future__ import annotations

import gc
import itertools
import os
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING

from msgspec import Struct

from ...config.directives.core.main import CoreMain
from ..setup.reading import Failed, Source, read
from ..setup.serving import load
from ..setup.startup import Setup, set_up
from ..zone.journal import Journal
from ..zone.keeper import ZoneKeeper
from ..zone.names import WorkerNames
from ..zone.places import OwnZone
from ..zone.restoring import ZoneSettings
from . import worker
from .daemon import PidFile, Starter
from .process import CannotServe, become_worker, owner_of_logs, set_environment
from .selecting import Loop, MastersEnd
from .signals import SignalSource

if TYPE_CHECKING:
    from ..redis.keeper import RedisKeeper

# A worker that could not start exits with this; a new one would not do better.
_FAILED = 2
# Seconds after which a worker that has died is replaced, so that workers that die at once do not keep the machine busy.
_PAUSE = 0.1
# Seconds after which a worker that was asked to stop is killed, as by nginx.
_PATIENCE = 1.6


class WorkerProcess(Struct, eq=False):
    """A worker as the master sees it."""

    pid: int

    # Unique over all machines and all times.
    name: str

    # The number of its configuration (Setup.epoch).
    epoch: int

    # 0, 1, … among the workers of its configuration.
    number: int

    # The master's end of the socket for worker.READY and worker.LEAVE.
    control: MastersEnd

    # The master's end of the worker's socket to a zone.
    zone: socket.socket

    # Who knows where its zone is.
    keeper: ZoneKeeper | RedisKeeper

    # It serves.
    ready: bool = False

    # It was asked to end.
    leaving: bool = False


class Master:
    """One running server. setup: what `startup.set_up` made of the configuration.  signals: those that this process gets.

    starter: waits until the workers serve.
    """

    def __init__(
        self, source: Source, setup: Setup, nginx_version: bytes, signals: SignalSource, pid_file: PidFile, starter: Starter
    ) -> None:
        self._source = source
        self._setup = setup
        self._nginx_version = nginx_version
        self._loop = Loop()
        self._signals = signals
        self._pid_file = pid_file
        self._starter = starter
        self._zone = self._keeper()
        self._names = WorkerNames()
        self._workers: dict[int, WorkerProcess] = {}
        self._ending = False
        self._reload_waits = False
        self._quit_waits = False

    def run(self) -> None:
        """Run until a signal ends the server and the last worker is gone."""
        try:
            self._run()
        except Exception:
            self._say("emerg", f"master failed: {traceback.format_exc().strip()!r}")
            self._pid_file.remove()
            sys.exit(1)

    def _run(self) -> None:
        gc.freeze()  # what is there at the start stays, and its workers share it
        gc.enable()
        self._loop.watch(self._signals, lambda events: self._act())
        self._act()  # after a stop that came while the server was loaded no worker is started
        if not self._ending:
            self._start_workers()
            self._retire()  # with `worker_processes 0` there is none to wait for
            self._quit_in_turn()
        while self._workers or not self._ending:
            self._loop.turn()
            self._quit_in_turn()
            self._reload_in_turn()
        self._close()

    def _count(self) -> int:
        count = self._setup.configuration.of(CoreMain).worker_processes
        return (os.cpu_count() or 1) if count is None else count

    def _keeper(self) -> ZoneKeeper | RedisKeeper:
        """Who knows where the zone of this configuration is."""
        if self._setup.channels is None:
            return ZoneKeeper(self._loop, self._setup, self._count() != 1, self._say)
        from ..redis.keeper import RedisKeeper  # only --channels needs it

        return RedisKeeper(self._setup)

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
                    self._quit_waits = True
                case signal.SIGHUP:
                    self._reload_waits = True
                case signal.SIGUSR1:
                    self._say("notice", "reopening logs")
                    owner = owner_of_logs(self._setup.configuration.of(CoreMain).user)
                    self._setup.reopen(lambda text: self._say("emerg", text), owner)
                    self._signal_workers(signal.SIGUSR1)

    def _end(self, number: signal.Signals) -> None:
        self._ending = True
        for process in self._workers.values():
            process.leaving = True
        self._signal_workers(number)
        self._close_sockets()  # as long as one process holds them, the system accepts clients that no one answers
        if number is signal.SIGTERM:
            self._loop.call_later(_PATIENCE, lambda: self._signal_workers(signal.SIGKILL))

    def _signal_workers(self, number: signal.Signals) -> None:
        for pid in self._workers:
            os.kill(pid, number)

    # workers

    def _start_workers(self) -> None:
        self._say("notice", "start worker processes")
        for _ in range(self._count()):
            self._start_worker()

    def _start_worker(self) -> None:
        control, workers_control = socket.socketpair()
        zone, workers_zone = socket.socketpair()
        taken = {process.number for process in self._workers.values() if process.epoch == self._setup.epoch}
        number = next(number for number in itertools.count() if number not in taken)
        name = self._names.next()
        place = self._zone.place(name, workers_zone)
        pid = os.fork()
        if not pid:
            control.close()
            zone.close()
            self._be_worker(number, place, workers_control)
        workers_control.close()
        workers_zone.close()
        self._say("notice", f"start worker process {pid}")
        peer = MastersEnd(self._loop, control, lambda data: self._worker_is_ready(pid), lambda: None)
        self._workers[pid] = WorkerProcess(pid, name, self._setup.epoch, number, peer, zone, self._zone)
        self._zone.use(name, pid, zone)

    def _be_worker(self, number: int, place: worker.Place, control: socket.socket) -> None:
        """Be the worker, in the child. It does not return."""
        status = _FAILED
        try:
            self._signals.close()
            self._loop.close()
            self._starter.forget()
            kept = {predecessor.end for predecessor in self._zone.predecessors}
            for process in self._workers.values():
                process.control.drop()
                if process.zone not in kept:
                    process.zone.close()
            become_worker(self._setup.configuration.of(CoreMain), number, self._say)
            worker.run(worker.serve(self._setup, place, control, self._nginx_version))
            status = 0
        except CannotServe:
            pass  # the reason has been logged
        finally:
            os._exit(status)

    def _worker_is_ready(self, pid: int) -> None:
        """A worker serves."""
        process = self._workers.get(pid)
        if process is None:
            return
        process.ready = True
        process.keeper.settled(process.epoch)
        self._retire()

    @property
    def _newest(self) -> list[WorkerProcess]:
        """The workers of this configuration."""
        return [process for process in self._workers.values() if process.epoch == self._setup.epoch]

    def _retire(self) -> None:
        """Ask the workers of older configurations to end, once all of the newest serve."""
        newest = self._newest
        if (self._count() and not newest) or not all(process.ready for process in newest):
            return
        self._starter.release()
        for process in self._workers.values():
            if process.epoch != self._setup.epoch and not process.leaving:
                process.leaving = True
                process.control.write(worker.LEAVE)

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
        self._starter.release()  # it need not wait for one that does better
        process.control.close()
        process.keeper.forget(process.name)
        process.zone.close()
        if os.WIFSIGNALED(status):
            self._say("alert", f"worker process {process.pid} exited on signal {os.WTERMSIG(status)}")
        else:
            self._say("notice", f"worker process {process.pid} exited with code {os.WEXITSTATUS(status)}")
        self._retire()  # the others may have waited for this one
        if process.leaving or self._ending:
            return
        if status >> 8 == _FAILED:
            self._say("alert", f"worker process {process.pid} exited with fatal code 2 and cannot be respawned")
            self._ending = self._ending or not self._workers
            return
        self._loop.call_later(_PAUSE, self._replace_worker)

    def _replace_worker(self) -> None:
        if not self._ending and len([process for process in self._newest if not process.leaving]) < self._count():
            self._start_worker()

    def _quit_in_turn(self) -> None:
        """End gracefully if that was asked for, once all workers have started: clients may wait since there is a pid file."""
        if self._quit_waits and not self._ending and all(process.ready for process in self._newest):
            self._end(signal.SIGQUIT)

    # reload

    def _reload_in_turn(self) -> None:
        """Reload if that was asked for, once all workers have started."""
        if self._reload_waits and not self._ending and all(process.ready for process in self._newest):
            self._reload_waits = False
            self._say("notice", "reconfiguring")
            self._reload()

    def _reload(self) -> None:
        """Check the new configuration; only when it is good replace the workers."""
        before = self._setup
        try:
            analysis = read(self._source, self._say)
            setup = set_up(self._source, analysis, self._say, before, accepted=load)
        except Failed:
            return
        self._setup = setup
        self._move_pid_file()
        # A new worker must not inherit a socket that is dropped: a port stays open as long as any process holds its socket.
        kept = {id(listening) for listening, _ in setup.sockets}
        for listening, _ in before.sockets:
            if id(listening) not in kept:
                listening.close(unlink=True)
        before.files.close()
        setup.error_log.redirect_stderr()
        if (setup.channels is None) == (before.channels is None):
            self._zone.move(setup, self._count() != 1)
        else:  # it is another zone, for its name is another one
            self._zone.retire()
            self._zone = self._keeper()
        self._start_workers()
        self._retire()  # with `worker_processes 0` there is no new one to wait for

    def _move_pid_file(self) -> None:
        path = os.fsdecode(self._setup.configuration.of(CoreMain).pid)
        if path == self._pid_file.path:
            return
        old, self._pid_file = self._pid_file, PidFile(path)
        for failed in (self._pid_file.write(), old.remove()):
            if failed is not None:
                self._say("alert", failed)

    def _close(self) -> None:
        self._say("notice", "exit")
        failed = self._pid_file.remove()
        if failed is not None:
            self._say("alert", failed)
        self._close_sockets()
        self._setup.files.close()

    def _close_sockets(self) -> None:
        for listening, _ in self._setup.sockets:
            listening.close(unlink=True)


def run_single(setup: Setup, nginx_version: bytes, signals: SignalSource, pid_file: PidFile) -> None:
    """`master_process off`: this process is the only worker. Like nginx's, it keeps its user, limits and priority (measured)."""
    signals.close()
    set_environment(setup.configuration.of(CoreMain).env)
    heir, unused = socket.socketpair()
    name, settings = WorkerNames().next(), ZoneSettings.of(setup.configuration)
    place: worker.Place
    if setup.channels is None:
        place = OwnZone(name, Journal(), {setup.epoch: settings}, setup.epoch, (), heir)
    else:
        from ..redis.place import RedisPlace  # only --channels needs it

        place = RedisPlace(name, settings, setup.channels)
    worker.run(worker.serve(setup, place, None, nginx_version))
    unused.close()
    pid_file.remove()
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
