"""How directives, places and values are shown."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable
from typing import Any

from ..config.complex_value import ComplexValue
from ..config.directive import Directive
from ..config.directives.http.root import Root
from ..config.text import shown
from ..config.tree import Statement

_LONGEST = 100


def directive(statement: Statement) -> str:
    """A directive as it is written, without its block."""
    return " ".join([shown(statement.name), *map(_argument, statement.arguments)])


def short(statement: Statement) -> str:
    """A directive on one line that is no longer than people read."""
    text = directive(statement)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _argument(argument: bytes) -> str:
    text = shown(argument)
    if text and not any(character in " \t\r\n;{}\"'" for character in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def place(statement: Statement, folder: str) -> str:
    """`file:line`; a file below `folder` is named from there."""
    start = statement.start
    inside = start.file.startswith(os.path.join(folder, ""))
    return f"{os.path.relpath(start.file, folder) if inside else start.file}:{start.line}"


def default(row: Directive, value: Any) -> str:
    """A default, much as one would write it in a configuration; empty where there is none."""
    if isinstance(value, int | float) and not isinstance(value, bool) and row.slot.description.startswith("time"):
        milliseconds = isinstance(value, int) and "ms" in row.slot.description
        return f"{value / 1000 if milliseconds else value:g}s"
    return _value(value)


def _value(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case bytes():
            return _argument(value)
        case ComplexValue():
            return _argument(value.text)
        case Root():
            return _value(value.value)
        case enum.Enum():
            return str(value.value)
        case frozenset():
            return _joined(sorted(value))
        case tuple():
            return _joined(value)
    return str(value)


def _joined(values: Iterable[Any]) -> str:
    return " ".join(filter(None, map(_value, values)))


def readable(data: bytes) -> str:
    """Bytes for reading: line ends stay, what can't be printed is escaped."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "".join(character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text)
