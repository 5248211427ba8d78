"""What a command prints: standard output may be a full disk, and a configuration may hold any bytes."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import click

from ..config.text import unshown


def write(text: str | bytes) -> None:
    """Print to standard output, in UTF-8. Where it can't be written, say so and end the program with exit code 2."""
    try:
        click.echo(text if isinstance(text, bytes) else unshown(text), nl=False)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # no one reads any more: click ends the program
        _give_up(error)


@contextmanager
def full_disk_ends() -> Iterator[None]:
    """A full disk ends the program in the same way where click itself prints, as it does for --help."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _give_up(error)


def _give_up(error: OSError) -> NoReturn:
    say(f"ngxpush: can't write the output: {error.strerror}")
    sys.exit(2)


_takers: list[Callable[[list[bytes]], None]] = []


def say(text: str) -> None:
    """Print a line to standard error. Bytes of a configuration that are no UTF-8 come out as they are, as nginx prints them.

    What standard error does not take (a full disk, a terminal that is gone) is lost: it ends no server.
    """
    if _takers:
        _takers[-1]([unshown(text) + b"\n"])
        return
    with suppress(OSError):
        click.echo(unshown(text), err=True)


@contextmanager
def said_to(take: Callable[[list[bytes]], None]) -> Iterator[None]:
    """While the block lasts, `take` gets the lines that are said, by any thread: who serves can't wait for a terminal."""
    _takers.append(take)
    try:
        yield
    finally:
        _takers.remove(take)
