"""Files from which a program makes a configuration: envsubst, Jinja2, Go, ERB and others fill in places."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..config.text import shown
from ..config.tree import Position

# `${NAME}` as envsubst knows it, `%NAME%`, and the brackets of Jinja2, Go, ERB and others.
_TO_FILL_IN = re.compile(rb"%[A-Z][A-Z_]{2,80}%|\$\{[A-Z][A-Z0-9_]{,80}\}|\{\{.{,80}?\}\}|\{%.{,80}?%\}|<%.{,80}?%>")


def place_to_fill_in(files: Mapping[str, bytes], file: str) -> tuple[str, Position] | None:
    """What is first to be filled in, and where; None if the file does not look like a template, or was not read."""
    content = files.get(file, b"")
    found = _TO_FILL_IN.search(content)
    if found is None:
        return None
    line_start = content.rfind(b"\n", 0, found.start()) + 1
    return shown(found[0]), Position(file, content.count(b"\n", 0, found.start()) + 1, found.start() - line_start + 1)
