"""Terminals in which the commands of a page are typed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.patience import PATIENCE

# Ends what a command prints. No program prints it.
_END = "\x1fend of the command:"


class Terminal:
    """A shell that keeps its directory, variables and aliases from one command to the next."""

    def __init__(self, directory: Path, environment: dict[str, str], scratch: Path) -> None:
        self._typed = scratch / "typed"
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=environment,
            start_new_session=True,
        )
        self._write("shopt -s expand_aliases")

    def _write(self, line: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(line.encode() + b"\n")
        self._shell.stdin.flush()

    def run(self, command: str) -> tuple[str, int]:
        """What a command prints, and its exit code."""
        self._typed.write_text(command + "\n", "utf-8")
        self._write(f". {self._typed} </dev/null; printf '{_END}%d\\n' $?")
        assert self._shell.stdout is not None
        printed = ""
        for line in self._shell.stdout:
            text, end, code = line.decode("utf-8", "replace").partition(_END)
            printed += text
            if end:
                return printed, int(code)
        return printed, self._shell.wait()

    @property
    def directory(self) -> Path:
        """Where the shell is."""
        return Path(f"/proc/{self._shell.pid}/cwd").readlink()

    def close(self) -> None:
        """End the shell and what it has left in the background."""
        _end(self._shell, signal.SIGTERM)


class Background:
    """A command in a terminal of its own."""

    def __init__(self, command: str, directory: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=environment,
            start_new_session=True,
        )
        self.printed = ""
        self.has_ended = False
        self._more = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._more:
                self.printed += line.decode("utf-8", "replace")
                self._more.notify_all()
        with self._more:
            self.has_ended = True
            self._more.notify_all()

    def wait_until(self, is_so: Callable[[str], bool]) -> None:
        """Return when `is_so` of what is printed, when the command has ended, or when it seems to hang."""
        with self._more:
            self._more.wait_for(lambda: is_so(self.printed) or self.has_ended, PATIENCE)

    def close(self) -> None:
        """Press Ctrl-C."""
        _end(self._process, signal.SIGINT)


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
