"""Where directives stand, in short: what `ngxpush run` says about them once for all."""

from __future__ import annotations

from collections.abc import Iterable

from ..config.text import shown
from ..config.tree import Statement

_MOST_NAMES, _MOST_LINES = 6, 5


def places(statements: Iterable[Statement]) -> str:
    """The directives, each with its places: `geoip2 (nginx.conf:3, 7), js_import (site.conf:1)`. Of many some are named."""
    named: dict[str, dict[str, list[int]]] = {}
    for statement in statements:
        lines = named.setdefault(shown(statement.name), {}).setdefault(statement.start.file, [])
        if statement.start.line not in lines:
            lines.append(statement.start.line)
    texts = [f"{name} ({_in_files(files)})" for name, files in named.items()]
    return ", ".join(texts[:_MOST_NAMES]) + _more(len(texts) - _MOST_NAMES)


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
