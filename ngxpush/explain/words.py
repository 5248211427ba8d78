"""How directives, places and values are shown."""

from __future__ import annotations

import os

from ..config.text import shown
from ..config.tree import Statement
from ..config.written import argument

_LONGEST = 100


def directive(statement: Statement) -> str:
    """A directive as it is written, without its block."""
    return " ".join([shown(statement.name), *map(argument, statement.arguments)])


def short(statement: Statement) -> str:
    """A directive on one line, without its block and cut off after 100 characters."""
    text = directive(statement)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def place(statement: Statement, directory: str) -> str:
    """`file:line`; a file below `directory` is named from there."""
    start = statement.start
    inside = start.file.startswith(os.path.join(directory, ""))
    return f"{os.path.relpath(start.file, directory) if inside else start.file}:{start.line}"


def readable(data: bytes) -> str:
    """Bytes as text for people: line ends stay, what can't be printed is escaped."""
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "".join(character if character.isprintable() or character == "\n" else repr(character)[1:-1] for character in text)
