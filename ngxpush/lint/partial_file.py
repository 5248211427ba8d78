"""A file that is a part of a configuration: the errors of such a file say nothing about it, and a hint after them says why.

As `nginx -t` does, the linter reads the file it is given as a whole configuration.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..config.analysis import Analysis, Diagnostic
from ..config.modules import DIRECTIVES
from ..config.places import Context
from ..config.tree import Statement
from .finding import Finding, Level

_INCLUDING = (Context.HTTP, Context.SERVER, Context.LOCATION)
"""The blocks that may include such a file; the first in which its first directive may stand counts."""


def hint(analysis: Analysis, path: str, findings: Iterable[Finding], code: str) -> Finding | None:
    """The hint, at the last of the errors; None if the main file, `path`, does not look like a part. code: of the finding."""
    block = block_of(analysis, path)
    if block is None:
        return None
    errors = [found.position for found in findings if found.level is Level.ERROR and found.position.file == path]
    place = max(errors, key=lambda position: (position.line, position.column))
    return Finding(
        code,
        Level.INFO,
        place,
        f"this file looks like a part of a configuration, which the {block} block of another file includes",
        "nginx reads such a file only as a part of the other one; most errors above are due to that.",
        f"check the file that includes it; or a file with: {whole_file(block, path)}",
    )


def block_of(analysis: Analysis, path: str) -> str | None:
    """The name of the block that includes the main file, `path`, if it is a part of a configuration; None if it is none.

    A part has neither events nor http, and begins with a directive that may stand only inside of http.
    """
    if any(analysis.root.own(name) is not None for name in ("events", "http")):
        return None
    first = next((diagnostic for diagnostic in analysis.diagnostics if diagnostic.fatal), None)
    if first is None or first.statement is None or first.statement.start.file != path:
        return None
    return _including(first, first.statement)


def whole_file(block: str, path: str) -> str:
    """The text of a whole configuration that includes the part."""
    inside = f"include {path.rpartition('/')[2]};"
    for name in {"http": ("http",), "server": ("server", "http"), "location": ("location /", "server", "http")}[block]:
        inside = f"{name} {{ {inside} }}"
    return f"events {{}} {inside}"


def _including(diagnostic: Diagnostic, statement: Statement) -> str | None:
    """The name of the block whose part the error about this directive shows; None if it shows none."""
    if not diagnostic.message.endswith("directive is not allowed here"):
        return None
    rows = DIRECTIVES.get(statement.name, ())
    contexts = [context for context in _INCLUDING if any(context & row.contexts for row in rows)]
    return None if not contexts else (contexts[0].name or "").lower()
