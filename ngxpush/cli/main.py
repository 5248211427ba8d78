"""The `ngxpush` command: one file of this package per subcommand."""

from __future__ import annotations

import click

from .. import __version__


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Serve, check and explain nginx configurations written for the push stream module."""
