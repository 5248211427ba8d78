"""The commands: one module of this package for each, imported only when it is called, for a quick start."""

from __future__ import annotations

import importlib
import os
import sys
from typing import cast

import click

from .. import __version__

_COMMANDS = ("bench", "explain", "init", "lint", "nginx", "pub", "routes", "rule", "run", "sub")


class Commands(click.Group):
    """A group in which each command but `nginx` is the `command` of the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        if cmd_name == nginx.name:
            return nginx
        return cast(click.Command, importlib.import_module(f".{cmd_name}", __package__).command)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word. Of a word that is none, what may be meant is said."""
        word = args[0]
        if word in _COMMANDS or word.startswith("-"):
            return super().resolve_command(ctx, args)
        import difflib

        close = [f"run {word}"] if _is_path(word) else difflib.get_close_matches(word, _COMMANDS, 1)
        raise click.UsageError(f"No such command {word!r}." + (f" Did you mean {close[0]!r}?" if close else ""), ctx)


def _is_path(word: str) -> bool:
    """Whether it names a file, here or not: no command has such a name."""
    return os.path.isfile(word) or "/" in word or "." in word


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def commands() -> None:
    """Serve, check and explain nginx configurations written for the push stream module."""


def all_commands() -> list[click.Command]:
    """All of them, in the order of their names. They are loaded for that."""
    context = click.Context(commands)
    return [command for name in _COMMANDS if (command := commands.get_command(context, name)) is not None]


class _Verbatim(click.Command):
    """A command that gets its arguments as they are, but for `--help` alone; click itself would drop `--`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args == ["--help"]:
            from .nginx_options import HELP

            click.echo(f"{ctx.get_help()}\n\nThe options are nginx's own:\n\n{HELP}", nl=False)
            ctx.exit()
        ctx.params["arguments"] = args
        return []


@click.command("nginx", cls=_Verbatim, add_help_option=False, options_metavar="[OPTIONS OF NGINX]")
def nginx(arguments: list[str]) -> None:
    """Run in place of nginx: with its options, messages and exit codes.

    Scripts, test suites and TEST_NGINX_BINARY need the name of a program: that is ngxpush-nginx, which takes the same options and
    has no --help, as nginx has none. `ngxpush run` is for a laptop: it starts even where the machine lacks what a configuration
    asks for.

    One option is not nginx's: --channels [ZONE=]URL, as in `ngxpush run`.
    """
    from .nginx import main

    sys.exit(main(arguments))
