"""docs/reference/directives.md, from the table of directives: `python -m ngxpush.config.documentation` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from .columns import NONE, Arguments, Block, Support
from .directive import Directive
from .module import Module
from .modules import MODULES
from .places import ANYWHERE, Context
from .written import value_of

_HEAD = """\
# Directives

All directives that ngxpush knows, by nginx's modules. `make docs` generates this page from the table in
`ngxpush/config/directives/`.

ngxpush checks each of them as nginx 1.22.1 does, with nginx's messages. The column *ngxpush* says what it does with a directive:

- empty: the directive has the same effect as in nginx;
- *no effect*: the directive changes nothing here, and need not;
- **not honoured**: nginx would behave differently. `ngxpush run` and `ngxpush lint` warn of it.

The column *arguments* shows how many a directive takes, where that is not one, and of what kind:

- a *time* is a number with a unit (`ms`, `s`, `m`, `h`, `d`, `w`, `M`, `y`); a number without a unit is in seconds;
- a *size* is a number of bytes, or a number with the unit `k` or `m`; an *offset* may also have the unit `g`;
- a *complex value* is a text that may contain variables.
"""
_COLUMNS = "| directive | arguments | context | default | ngxpush |\n| --- | --- | --- | --- | --- |"
_CONTEXTS = {
    Context.SERVER_IF: "if in server",
    Context.LOCATION_IF: "if in location",
    Context.MAIL_SERVER: "server of mail",
    Context.STREAM_SERVER: "server of stream",
    Context.STREAM_UPSTREAM: "upstream of stream",
}
_SUPPORT = {Support.EMULATED: "", Support.ACCEPTED: "*no effect*. ", Support.UNSUPPORTED: "**not honoured**. "}
_BLOCKS = {Block.NO: "", Block.FILES: "", Block.DIRECTIVES: "a block", Block.LINES: "a block of lines"}


def page() -> str:
    """docs/reference/directives.md as a whole."""
    return "\n".join(line for part in (_HEAD.splitlines(), *map(_module, MODULES)) for line in part) + "\n"


def _module(module: Module) -> Iterator[str]:
    yield f"\n## {module.name}\n"
    yield from _COLUMNS.splitlines()
    for row in module.directives:
        cells = (f"`{row.name}`<br>{row.summary}", _arguments(row), _contexts(row.contexts), _default(row), _here(row))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _arguments(row: Directive) -> str:
    words = "" if row.arguments == NONE else _count(row.arguments) + row.slot.description
    return " and ".join(filter(None, (words, _BLOCKS[row.block]))) or "none"


def _count(arguments: Arguments) -> str:
    """How many arguments, unless there is exactly one."""
    least, most = arguments.least, arguments.most
    if least == most:
        return "" if least == 1 else f"{least}: "
    return f"{least} or more: " if most is None else f"{least} to {most}: "


def _contexts(contexts: Context) -> str:
    if contexts == ANYWHERE:
        return "anywhere"
    return ", ".join(_CONTEXTS.get(context, (context.name or "").lower()) for context in contexts)


def _default(row: Directive) -> str:
    value = value_of(row, row.default) if row.field is not None else ""
    return f"`{value}`" if value else ""


def _here(row: Directive) -> str:
    return _SUPPORT[row.emulation.support] + row.emulation.reason


if __name__ == "__main__":
    print(page(), end="")
