"""Leaving the terminal, and the pid file."""

from __future__ import annotations

import contextlib
import os

from msgspec import Struct

from ..logs.log_files import open_failed


class Starter(Struct, eq=False):
    """The process in the terminal that waits for this one, its daemon. It returns when the server answers, as nginx does.

    pipe: the writing end of the one it reads; None when there is no such process, or when it does not wait any more.
    """

    pipe: int | None = None

    def succeed(self) -> None:
        """The pid file is written and the server takes signals: the process will exit with 0, whatever happens."""
        self._write()

    def release(self) -> None:
        """All workers serve, or one could not: the process exits now."""
        self._write()
        self.forget()

    def forget(self) -> None:
        """In a worker, which does not need what it has inherited; else when there is nothing to say any more."""
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None

    def _write(self) -> None:
        if self.pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # it may have been killed
                os.write(self.pipe, b"+")


def daemonize() -> Starter:
    """Continue in a child with its own session, with /dev/null for standard input and output.

    The parent waits as `Starter` says, and exits with 1 when the child ends before it succeeds.
    """
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        succeeded = os.read(reader, 1)
        os.read(reader, 1)
        os._exit(0 if succeeded else 1)
    os.close(reader)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return Starter(writer)


class InvalidPid(ValueError):
    """A pid file without a number; the text is nginx's."""


def read_pid(path: str) -> int:
    """The number in a pid file. Raises OSError or InvalidPid."""
    with open(path, "rb") as file:
        content = file.read(22).rstrip(b"\r\n")
    if not content.isdigit():
        raise InvalidPid(f'invalid PID number "{os.fsdecode(content)}" in "{path}"')
    return int(content)


def living(path: str) -> int | None:
    """The number in a pid file, if it can be read and another process with it lives, also as another user's."""
    try:
        pid = read_pid(path)
    except (OSError, InvalidPid):
        return None
    if pid in (0, os.getpid()):  # 0 would ask for all processes of a group
        return None
    try:
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (OSError, OverflowError):
        return None
    return pid


class PidFile:
    """The pid file of a running master."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self) -> str | None:
        """Write the pid of this process. Returns nginx's message when that fails."""
        try:
            with open(self.path, "w") as file:
                file.write(f"{os.getpid()}\n")
        except OSError as error:
            return open_failed(self.path, error)
        return None

    def remove(self) -> str | None:
        """Remove the file. Returns nginx's message when that fails."""
        try:
            os.unlink(self.path)
        except OSError as error:
            return f'unlink() "{self.path}" failed ({error.errno}: {error.strerror})'
        return None
