"""docs/reference/commands.md, from the commands themselves: `python -m ngxpush.cli.documentation` prints it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from .commands import commands, nginx
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
    names = commands.list_commands(context)
    listed = [command for name in names if (command := commands.get_command(context, name)) is not None and not command.hidden]
    return "\n".join((_HEAD, *(line for command in listed for line in _section(command, context))))


def _section(command: click.Command, parent: click.Context) -> Iterator[str]:
    """One command, and the commands below it if it is a group."""
    context = click.Context(command, info_name=command.name, parent=parent, terminal_width=_WIDTH)
    yield f"## {context.command_path}\n"
    yield from ("```text", context.get_usage().removeprefix("Usage: "), "```\n")
    yield f"{_text(command.help)}\n"
    if command is nginx:
        yield from ("```text", HELP.strip(), "```\n")
    options = [option for option in command.get_params(context) if isinstance(option, click.Option) and not option.hidden]
    if options:
        yield "| option | |\n| --- | --- |"
        yield from (_row(option, context) for option in options)
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (below := command.get_command(context, name)) is not None and not below.hidden:
                yield from _section(below, context)


def _row(option: click.Option, context: click.Context) -> str:
    written, said = option.get_help_record(context) or ("", "")
    return f"| `{_cell(written)}` | {_cell(said)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _text(said: str | None) -> str:
    """The paragraphs of a help text. What follows `\\b` keeps its lines: it is a block."""
    return "\n\n".join(map(_paragraph, inspect.cleandoc(said or "").split("\n\n")))


def _paragraph(text: str) -> str:
    return f"```text\n{text[1:].strip()}\n```" if text.startswith("\b") else text


if __name__ == "__main__":
    print(page(), end="")
