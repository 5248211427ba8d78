"""The pages of `man ngxpush`, made from the commands: `python -m ngxpush.cli.manual DIRECTORY` (`make docs`)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from .. import __version__
from .commands import all_commands, commands
from .nginx_options import HELP

_NAME = "ngxpush"


def pages() -> Iterator[tuple[str, str]]:
    """The name of each page's file, and its text."""
    top = click.Context(commands, info_name=_NAME)
    yield f"{_NAME}.1", "".join(_top_page(top))
    for command in all_commands():
        context = click.Context(command, info_name=command.name, parent=top)
        yield f"{_NAME}-{command.name}.1", "".join(_page(context))


def _top_page(top: click.Context) -> Iterator[str]:
    listed = [(command, rf".BR {_NAME}\-{_escaped(command.name or '')} (1)") for command in all_commands()]
    yield from _head(_NAME, commands.get_short_help_str(200))
    yield f".SH SYNOPSIS\n.B {_NAME}\n.I COMMAND\n[\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]\n.SH COMMANDS\n"
    for command, page in listed:
        yield f".TP\n{page}\n{_escaped(command.get_short_help_str(200))}\n"
    yield from _options(top)
    yield ".SH SEE ALSO\n" + ",\n".join(page for _, page in listed) + "\n"


def _page(context: click.Context) -> Iterator[str]:
    command = context.command
    yield from _head(f"{_NAME}-{context.info_name}", command.get_short_help_str(200))
    usage = " ".join(command.collect_usage_pieces(context)) if command.params else "[NGINX'S OPTIONS]..."
    yield f".SH SYNOPSIS\n.B {_escaped(context.command_path)}\n{_escaped(usage)}\n.SH DESCRIPTION\n"
    yield from _paragraphs(command.help or "")
    if not command.params:
        yield f".PP\n.nf\n{_escaped(HELP.strip())}\n.fi\n"
    yield from _options(context)
    yield f".SH SEE ALSO\n.BR {_NAME} (1)\n"


def _head(name: str, what: str) -> Iterator[str]:
    yield f'.TH "{_escaped(name).upper()}" "1" "" "{_NAME} {__version__}" "User Commands"\n'
    # Without a full stop: `apropos` and `whatis` print it after the name.
    yield f".SH NAME\n{_escaped(name)} \\- {_escaped(what.removesuffix('.'))}\n"


def _options(context: click.Context) -> Iterator[str]:
    options = [each for each in context.command.get_params(context) if isinstance(each, click.Option)]
    records = [option.get_help_record(context) for option in options]
    shown = [record for record in records if record is not None]
    if shown and context.command.params:
        yield ".SH OPTIONS\n"
        for names, what in shown:
            yield f".TP\n.B {_escaped(names)}\n{_escaped(what)}\n"


def _paragraphs(text: str) -> Iterator[str]:
    yield ".PP\n".join(f"{_escaped(' '.join(paragraph.split()))}\n" for paragraph in re.split(r"\n\s*\n", text.strip()))


def _escaped(text: str) -> str:
    """Text as roff takes it: no line of it is a request, and hyphens can be copied."""
    quoted = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", quoted)


def write(directory: Path, made: Iterable[tuple[str, str]]) -> None:
    """Write pages, and remove those of commands that are no more."""
    directory.mkdir(exist_ok=True)
    for old in directory.glob(f"{_NAME}*.1"):
        old.unlink()
    for name, text in made:
        (directory / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), pages())
