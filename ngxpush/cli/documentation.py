"""docs/reference/commands.md, from the commands themselves: `python -m ngxpush.cli.documentation` prints it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from .commands import all_commands, commands, nginx
from .nginx_options import HELP

# Whatever the width of the terminal is.
_WIDTH = 130
_HEAD = """\
# Commands

`make docs` generates this page from what `ngxpush COMMAND --help` prints.
"""


def page() -> str:
    """docs/reference/commands.md as a whole."""
    context = click.Context(commands, info_name="ngxpush")
    return "\n".join((_HEAD, *(line for command in all_commands() for line in _section(command, context))))


def _section(command: click.Command, parent: click.Context) -> Iterator[str]:
    """One command."""
    context = click.Context(command, info_name=command.name, parent=parent, terminal_width=_WIDTH)
    yield f"## {context.command_path}\n"
    yield from ("```text", context.get_usage().removeprefix("Usage: "), "```\n")
    yield f"{inspect.cleandoc(command.help or '')}\n"
    if command is nginx:
        yield from ("```text", HELP.strip(), "```\n")
    options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
    if options:
        yield "| option | |\n| --- | --- |"
        yield from (_row(option, context) for option in options)
        yield ""


def _row(option: click.Option, context: click.Context) -> str:
    written, said = option.get_help_record(context) or ("", "")
    return f"| `{_cell(written)}` | {_cell(said)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    print(page(), end="")
