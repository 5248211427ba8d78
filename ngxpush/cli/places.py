"""Where directives stand, in short: what `ngxpush run` says about them once for all."""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..config.text import shown
from ..config.tree import Statement

_MOST_NAMES, _MOST_LINES = 6, 5


def places(statements: Iterable[Statement]) -> str:
    """The directives, each with its places: `geoip2 (nginx.conf:3, 7), js_import (site.conf:1)`. Of many some are named."""
    return places_by_name((shown(statement.name), statement) for statement in statements)


def places_by_name(named: Iterable[tuple[str, Statement]]) -> str:
    """The same with other names, for example those of the directives' modules."""
    found: dict[str, dict[str, list[int]]] = {}
    for name, statement in named:
        lines = found.setdefault(name, {}).setdefault(_file(statement), [])
        if statement.start.line not in lines:
            lines.append(statement.start.line)
    texts = [f"{name} ({_in_files(files)})" for name, files in found.items()]
    return ", ".join(texts[:_MOST_NAMES]) + _more(len(texts) - _MOST_NAMES)


def _file(statement: Statement) -> str:
    """The file, named from the present directory if it is below that."""
    file, here = statement.start.file, os.path.join(os.getcwd(), "")
    return file.removeprefix(here)


def _in_files(files: dict[str, list[int]]) -> str:
    found = [(file, line) for file, lines in files.items() for line in lines]
    texts: list[str] = []
    last = ""
    for file, line in found[:_MOST_LINES]:
        texts.append(str(line) if file == last else f"{file}:{line}")
        last = file
    return ", ".join(texts) + _more(len(found) - _MOST_LINES)


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""
