"""Starting `ngxpush` without waiting for Python to load it each time, for tests that start it very often: the recordings, command
lines, broken configurations.

A process of multiprocessing's fork server has ngxpush loaded and forks for each start. So a start costs a fiftieth of a processor
second in place of half a one. What only a fresh process shows (what is loaded when, the console script) is tested everywhere
else: all other tests start the program as a user does, and so do the recordings with NGXPUSH_FULL_SIZE=1.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.patience import PATIENCE

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["ngxpush.cli.main", "ngxpush.cli.nginx", "ngxpush.server.processes.master"])

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Forked:
    """A running `ngxpush COMMAND ARGUMENT…`; as much of subprocess.Popen as the tests use. Leader of a session of its own."""

    def __init__(self, command: str, arguments: Sequence[str], stdout: Path, stderr: Path) -> None:
        self._process: ForkServerProcess = _CONTEXT.Process(target=_run, args=([command, *arguments], stdout, stderr))
        self._process.start()

    @property
    def pid(self) -> int:
        """Of the process, which is not a child of this one."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code; None while the process runs."""
        return self.poll()

    def poll(self) -> int | None:
        """The exit code; None while the process runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end: the exit code. subprocess.TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("ngxpush", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send the process a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)


def to_its_end(command: str, *arguments: str | Path) -> tuple[int, str, str]:
    """Run `ngxpush COMMAND ARGUMENT…`: exit code, standard output, standard error. subprocess.TimeoutExpired: it hangs."""
    with tempfile.TemporaryDirectory(prefix="ngxpush-") as directory:
        stdout, stderr = Path(directory, "stdout"), Path(directory, "stderr")
        code = Forked(command, [str(argument) for argument in arguments], stdout, stderr).wait(PATIENCE)
        return code, stdout.read_text(), stderr.read_text()


def _run(arguments: list[str], stdout: Path, stderr: Path) -> None:
    """In the forked process: be `ngxpush`. Does not return."""
    from ngxpush.cli.main import main

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the fork server ignores it
    for descriptor, path, flags in ((0, Path(os.devnull), os.O_RDONLY), (1, stdout, _APPEND), (2, stderr, _APPEND)):
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv = ["ngxpush", *arguments]
    main()
