"""What `ngxpush run` does with a configuration that was read: it says what is served, serves it, and reloads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..config.analysis import Analysis, Diagnostic
from ..config.configuration import ListenAddress
from ..console.listening import CannotOpen, Console, InvalidConsoleAddress, console_address, open_console
from ..server.clients.listeners import address_name
from ..server.logs.log_files import STDERR
from ..server.observing.counts import Counts
from ..server.observing.patient_writer import PatientWriter
from ..server.observing.run_log import LAST_LINES, RunLog
from ..server.processes.daemon import PidFile
from ..server.processes.foreground_server import Beside
from ..server.processes.worker import Worker
from ..server.redis.url import ChannelsUnreachable
from ..server.setup import foreground
from ..server.setup.cache_memory import TooSmallZone, UsesAnotherPath
from ..server.setup.changes import ConfigurationFiles, Look, changed, never
from ..server.setup.foreground import CannotListen, Ports, set_up, write_pid
from ..server.setup.limit_memory import BoundToAnotherKey
from ..server.setup.reading import describe
from ..server.setup.startup import Setup
from ..server.tls.faults import CannotLoad
from .backends import warn_of_silent_backends
from .configuration import ReadConfiguration, read
from .effects import without_effect
from .grouped import gathered
from .origin import Origin
from .output import said_to, say
from .redirects import keep_at_home
from .run_options import RunOptions
from .said import Said

if TYPE_CHECKING:
    from ..lint.report import Report

# Those whose text is nginx's, with the level at which it says it.
_NGINX_REFUSALS: dict[type[Exception], str] = {BoundToAnotherKey: "emerg", UsesAnotherPath: "emerg", TooSmallZone: "crit"}
_REFUSALS: tuple[type[Exception], ...] = (CannotListen, CannotLoad, CannotOpen, ChannelsUnreachable, *_NGINX_REFUSALS)


def serve(origin: Origin, reading: ReadConfiguration, options: RunOptions, said: Said) -> None:
    """Serve an accepted configuration until a signal ends it. Exits with code 1 where this machine can't."""
    stderr = PatientWriter(STDERR)
    try:
        _serve(origin, reading, options, said, stderr)
    finally:  # also where the start is refused: its error log may be standard error
        stderr.close(LAST_LINES)


def _serve(origin: Origin, reading: ReadConfiguration, options: RunOptions, said: Said, stderr: PatientWriter) -> None:
    serving = _Serving(origin, options, said, stderr)
    serving.watch(reading, {})
    wanted = _console(options)
    try:
        setup = serving.set_up(reading)
        console = None if wanted is None else open_console(wanted, setup, serving.lint, Counts() if options.metrics else None)
    except _REFUSALS as error:
        _refuse(error)
        sys.exit(1)
    log = None if options.log_form == "off" else RunLog(options.log_form, stderr)
    beside = [part for part in (console, log) if part is not None]
    with ExitStack() as stack:
        stack.enter_context(serving.pid_file())
        for part in beside:
            stack.enter_context(part)
        serving.report_addresses(setup)
        said.complete()
        if console is not None:
            say(f"ngxpush: console {console.url}{', metrics at /metrics' if options.metrics else ''}")
        with said_to(stderr.write), suppress(KeyboardInterrupt):  # Ctrl-C before the first request could be served
            foreground.serve(setup, options.nginx_version.encode(), _all_beside(beside), serving)
    with said_to(stderr.write):
        say(f"ngxpush: {'stopped' if log is None else log.last_word}")


def _refuse(error: Exception) -> None:
    """Say why a configuration can't be served."""
    level = _NGINX_REFUSALS.get(type(error))
    say(f"ngxpush: {error}" if level is None else f"nginx: [{level}] {error}")


def _console(options: RunOptions) -> ListenAddress | None:
    try:
        return None if options.no_console else console_address("0" if options.console_at is None else options.console_at)
    except InvalidConsoleAddress as error:
        raise click.UsageError(f"--console {error}") from None


def _all_beside(parts: list[Console | RunLog]) -> Beside:
    """What is beside each worker: all parts of the run."""

    @contextmanager
    def beside(worker: Worker) -> Iterator[None]:
        with ExitStack() as stack:
            for part in parts:
                stack.enter_context(part.beside(worker))
            yield

    return beside


class _Serving:
    """One configuration over its reloads (`Renewal`)."""

    def __init__(self, origin: Origin, options: RunOptions, said: Said, stderr: PatientWriter) -> None:
        self._origin = origin
        self._stderr = stderr
        self._options = options
        self._said = said
        self._ports = Ports(dict(options.moved), options.offset, options.host)
        self._files = ConfigurationFiles(frozenset(), frozenset())
        self._pid_path: str | None = None
        self._pid_file: PidFile | None = None

    def set_up(self, reading: ReadConfiguration, before: Setup | None = None) -> Setup:
        """Say what has no effect, and set up what was read. Raises one of _REFUSALS."""
        analysis = reading.analysis
        assert analysis is not None
        pid = analysis.root.own("pid")
        self._pid_path = None if pid is None else os.fsdecode(pid.value)
        _report(analysis, self._said)
        warn_of_silent_backends(analysis, self._said.warn)
        with gathered(self._said.warn) as gather:
            places, take_stderr = self._options.channels, lambda content: self._stderr.write([content])
            setup = set_up(analysis, self._ports, gather, before, places=places, take_stderr=take_stderr)
        keep_at_home(analysis, setup, self._options.keep_redirects, self._said)
        return setup

    def report_addresses(self, setup: Setup) -> None:
        begin = f"ngxpush {__version__} as nginx/{self._options.nginx_version}: listening on"
        for listening, _ in setup.sockets:
            self._said.say(f"{begin} {_shown(self._ports, listening.address)}")
        if setup.channels is not None:
            self._said.say(f"ngxpush: channels are in {setup.channels}")
        if not setup.sockets:
            self._said.warn("the configuration has no server: ngxpush listens on no address")

    @contextmanager
    def pid_file(self) -> Iterator[None]:
        """The pid file that a configuration asks for, and those of its reloads, while the block lasts."""
        self._move_pid_file()
        try:
            yield
        finally:
            if self._pid_file is not None:
                self._pid_file.remove()

    def _move_pid_file(self) -> None:
        old = self._pid_file
        if self._pid_path == (None if old is None else old.path):
            return
        self._pid_file = None if self._pid_path is None else write_pid(self._pid_path, self._said.warn)
        if old is not None:
            old.remove()

    def watch(self, reading: ReadConfiguration, seen: dict[str, Look]) -> None:
        """Watch what was read. After a refusal all that was watched before is still watched. seen: see ConfigurationFiles."""
        if self._options.watch:
            before = self._files if reading.analysis is None else ConfigurationFiles(frozenset(), frozenset())
            self._files = ConfigurationFiles.of(before.files | reading.files, before.patterns | reading.patterns, seen)

    def lint(self, analysis: Analysis) -> Report:
        """The linter's report of the files, as they were read."""
        from ..lint.linter import lint  # only who looks at the console's page of the configuration needs it
        from .linted_files import DiskFiles

        files = DiskFiles(analysis.files, paths=self._origin.paths)
        return lint(self._origin.full_path, self._origin.directory, files)

    # reloads

    def renew(self, before: Setup, is_wanted: Callable[[], bool]) -> Setup | None:
        """See Renewal."""
        seen = self._files.seen()
        reading = read(self._origin, self._said.warn, asks_for_hosts=True)
        self.watch(reading, seen)
        if reading.analysis is not None:
            try:
                return self.set_up(reading, before)
            except _REFUSALS as error:
                if not is_wanted():
                    return None
                _refuse(error)
        say("ngxpush: not reloaded, the configuration before is kept")
        return None

    def renewed(self, setup: Setup) -> None:
        """See Renewal."""
        self.report_addresses(setup)
        self._move_pid_file()
        self._said.complete()
        say(f"ngxpush: reloaded {self._origin.path}")

    async def changed(self) -> None:
        """See Renewal."""
        await (changed(self._files) if self._options.watch else never())


def _shown(ports: Ports, listen: ListenAddress) -> str:
    """An address that is listened on; said in words where that is all of them."""
    bound = ports.bound(listen)
    if not bound.is_wildcard:
        return address_name(bound)
    kind, one = ("IPv6", "::1") if bound.ipv6 else ("IPv4", "127.0.0.1")
    return f"{address_name(bound)}, all {kind} addresses of this machine (--host {one} binds that one only)"


def _report(analysis: Analysis, said: Said) -> None:
    """Print nginx's warnings, and say each reason why directives are not emulated or have no effect once, with their places."""
    steps = [step for step in analysis.steps if isinstance(step, Diagnostic)]
    for diagnostic in (*analysis.diagnostics, *steps):
        if diagnostic.level == "warn":
            said.say(f"nginx: [{diagnostic.level}] {describe(diagnostic)}")
    for text in without_effect(analysis):
        said.warn(text)
