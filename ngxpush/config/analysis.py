"""What the analyzer makes of the directive tree: scopes with typed settings, and everything there is to complain about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .directives.table import Context, Directive
from .tree import Position, Statement


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message as nginx prints it: `[level] message in file:line`.

    level: nginx's: emerg, alert, crit, error, warn, notice, info.  fatal: nginx stops here and the test fails.
    position: None for messages nginx prints without a place.
    statement: what it is about, when it is about one directive (the linter shows its excerpt).
    """

    level: str
    message: str
    position: Position | None = None
    fatal: bool = True
    statement: Statement | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A directive as used once: its row, its typed value and where it stands."""

    directive: Directive
    value: Any
    statement: Statement


@dataclass(slots=True, eq=False)
class Scope:
    """A block (or the file itself) with the settings made directly in it, in order, and the blocks inside.

    value: what the opening directive's own arguments became (a location's match and name, an `if`'s condition …).
    """

    context: Context
    statement: Statement | None
    parent: Scope | None
    value: Any = None
    settings: list[Setting] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Analysis:
    """The whole: scopes of the main file, and the diagnostics in the order nginx would meet them.

    nginx prints the diagnostics up to and including the first fatal one; the linter shows all.
    files: every file read, in order, with its bytes (for `nginx -T` and for excerpts).
    """

    root: Scope
    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
