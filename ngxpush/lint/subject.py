"""What rules look at: the analyzed configuration, with the questions rules ask most.

Rules see the scopes as they are written, and the effective setting of a directive with nginx's inheritance. All names are as in
the file; no rule parses text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..config.analysis import Analysis, Scope, Setting
from ..config.directives.table import Context
from ..config.modules import DIRECTIVES
from ..config.tree import Position

PUBLISHER = "push_stream_publisher"
SUBSCRIBER = "push_stream_subscriber"
STATISTICS = "push_stream_channels_statistics"


@dataclass(frozen=True, slots=True)
class Subject:
    """A configuration under inspection."""

    analysis: Analysis

    def scopes(self, *contexts: Context) -> Iterator[Scope]:
        """Every scope of one of these contexts (all, when none is named), in the order of the file."""
        for scope in self.analysis.root.walk():
            if not contexts or any(scope.context & context for context in contexts):
                yield scope

    def settings(self, *names: str) -> Iterator[tuple[Scope, Setting]]:
        """Every use of these directives, with the scope it stands in."""
        for scope in self.scopes():
            for setting in scope.settings:
                if setting.directive.name in names:
                    yield scope, setting

    def push_locations(self, *roles: str) -> Iterator[PushLocation]:
        """The locations with a push role (one of `roles`, directive names; all three when none is named)."""
        wanted = roles or (PUBLISHER, SUBSCRIBER, STATISTICS)
        for scope in self.scopes(Context.LOCATION):
            for setting in scope.settings:
                if setting.directive.name in wanted:
                    yield PushLocation(scope, setting)


@dataclass(frozen=True, slots=True)
class PushLocation:
    """A location and the directive that gives it its role."""

    scope: Scope
    role: Setting

    @property
    def position(self) -> Position:
        return self.role.statement.start

    @property
    def mode(self) -> str:
        """`normal`, `admin`, `streaming`, `long-polling` …, or "" for statistics."""
        return str(getattr(self.role.value, "value", "") or "")


def effective_all(scope: Scope, name: str) -> list[Setting]:
    """The uses that count in this scope: its own, else those of the nearest outer block; [] when the default holds.

    For directives that may be given many times, such as add_header and allow.
    """
    level: Scope | None = scope
    while level is not None:
        found = level.all(name)
        if found:
            return found
        level = level.parent
    return []


def value(scope: Scope, name: str) -> Any:
    """The effective typed value of a directive that is given once, or the table's default."""
    found = scope.effective(name)
    return found.value if found is not None else DIRECTIVES[name.encode()][0].default


def enclosing(scope: Scope, context: Context) -> Scope | None:
    """The nearest scope of `context` that holds `scope`, itself included."""
    level: Scope | None = scope
    while level is not None and not level.context & context:
        level = level.parent
    return level
