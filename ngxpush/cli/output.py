"""What a command prints: standard output may be a full disk."""

from __future__ import annotations

import errno
import os
import sys

import click

_STDOUT = 1


def write(text: str | bytes) -> None:
    """Print to standard output. Where it can't be written, say so and end the program with exit code 2."""
    try:
        click.echo(text, nl=False)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # no one reads any more: click ends the program
        discard_output()
        click.echo(f"ngxpush: can't write the output: {error.strerror}", err=True)
        sys.exit(2)


def discard_output() -> None:
    """Let what is still to be written go nowhere, so that Python does not try it again at the end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, _STDOUT)
    os.close(null)
