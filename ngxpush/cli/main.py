"""The `ngxpush` command: one module of this package for each subcommand, imported only when it is called, for a quick start."""

from __future__ import annotations

import importlib
from typing import cast

import click

from .. import __version__

_COMMANDS = ("explain", "lint", "nginx", "routes", "rule", "run")


class Commands(click.Group):
    """A group in which each command is the `command` of the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        return cast(click.Command, importlib.import_module(f".{cmd_name}", __package__).command)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Serve, check and explain nginx configurations written for the push stream module."""
