"""What the analyzer makes of the directive tree: scopes with typed settings, and everything there is to complain about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .cycle import CreatePath, CreatePidFile, OpenFile
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
    uncertain: something in it could not be understood, so what seems to be missing may stand there.
    misplaced: directives that may stand in this block but were written in one inside it, where they may not.
    """

    context: Context
    statement: Statement | None
    parent: Scope | None
    value: Any = None
    settings: list[Setting] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    uncertain: bool = False
    misplaced: set[str] = field(default_factory=set)
    _last: dict[str, Setting] = field(default_factory=dict)

    def add(self, setting: Setting) -> None:
        self.settings.append(setting)
        self._last[setting.directive.name] = setting

    def own(self, name: str) -> Setting | None:
        """The last use of a directive directly in this block."""
        return self._last.get(name)

    def lacks(self, name: str) -> bool:
        """Whether this block does not have a directive, nor anything that may have been meant to be it."""
        return name not in self._last and name not in self.misplaced and not self.uncertain

    def all(self, name: str) -> list[Setting]:
        """Every use of a directive directly in this block, in order."""
        if name not in self._last:
            return []
        return [setting for setting in self.settings if setting.directive.name == name]

    def effective(self, name: str) -> Setting | None:
        """The last use of a directive in this block or the nearest one around it that uses it."""
        scope: Scope | None = self
        while scope is not None:
            setting = scope._last.get(name)
            if setting is not None:
                return setting
            scope = scope.parent
        return None

    def enclosing(self, context: Context) -> Scope:
        """This block or the nearest one around it of that kind; LookupError when there is none."""
        scope: Scope | None = self
        while scope is not None:
            if scope.context & context:
                return scope
            scope = scope.parent
        raise LookupError(context)

    def walk(self) -> Iterator[Scope]:
        """This block and all inside it, outer ones first, in source order."""
        yield self
        for scope in self.scopes:
            yield from scope.walk()


Step = CreatePidFile | CreatePath | OpenFile | Diagnostic
"""What nginx does after it has found the syntax good: data for the outer ring; a Diagnostic is an error it meets by itself."""


@dataclass(slots=True, eq=False)
class Analysis:
    """The whole: scopes of the main file, and the diagnostics in the order nginx would meet them.

    nginx prints the diagnostics up to and including the first fatal one; the linter shows all.
    prefix: the folder relative paths start from, with its slash.
    steps: what nginx does once it has said `syntax is ok`, in its order; a fatal Diagnostic among them ends the test.
    left_out: directives of third-party modules, where those are not to be errors.
    files: every file read, in order and once, with its bytes (for `nginx -T` and for excerpts).
    """

    root: Scope
    prefix: bytes = b""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left_out: list[Statement] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def fatal(self) -> Diagnostic | None:
        """The diagnostic at which nginx gives the file up, if any."""
        return next((diagnostic for diagnostic in self.diagnostics if diagnostic.fatal), None)
