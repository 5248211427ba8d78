"""What a command prints: standard output may be a full disk."""

from __future__ import annotations

import errno
import sys

import click


def write(text: str | bytes) -> None:
    """Print to standard output. Where it can't be written, say so and end the program with exit code 2."""
    try:
        click.echo(text, nl=False)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # no one reads any more: click ends the program
        click.echo(f"ngxpush: can't write the output: {error.strerror}", err=True)
        sys.exit(2)
