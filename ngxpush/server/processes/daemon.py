"""Leaving the terminal, and the pid file."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..logs.log_files import open_failed


def daemonize() -> Callable[[], None]:
    """Continue in a child with its own session, with /dev/null for standard input and output.

    The parent waits until the child calls the returned function, and exits with 0 then: when it has exited, the pid file is
    written and the server takes signals. It exits with 1 when the child ends before that.
    """
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os._exit(0 if os.read(reader, 1) else 1)
    os.close(reader)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)

    def started() -> None:
        os.write(writer, b"+")
        os.close(writer)

    return started


class InvalidPid(ValueError):
    """A pid file without a number; the text is nginx's."""


def read_pid(path: str) -> int:
    """The number in a pid file. Raises OSError or InvalidPid."""
    with open(path, "rb") as file:
        content = file.read(22).rstrip(b"\r\n")
    if not content.isdigit():
        raise InvalidPid(f'invalid PID number "{os.fsdecode(content)}" in "{path}"')
    return int(content)


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
