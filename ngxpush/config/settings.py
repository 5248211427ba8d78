"""A module's typed settings at one place, with nginx's inheritance, from the scopes of the analysis.

What is not set in a block is taken from the block around it, and from the dataclass's default where no block sets it.  Directives
that share a field (root and alias, allow and deny) count together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .analysis import Scope, Setting
from .directives.table import Context, Directive, Level, Module
from .tree import Statement

_PARTS = Context.LOCATION_IF | Context.LIMIT_EXCEPT
"""Blocks that are part of their location: they keep what belongs to its content handler, which nested locations don't inherit."""


class Fields:
    """The rows of a module that fill the fields of one of its dataclasses."""

    def __init__(self, module: Module, level: Level, settings: type[Any]) -> None:
        self.settings = settings
        self._rows: dict[str, list[Directive]] = {}
        for row in module.directives:
            if row.level is level and row.field is not None:
                self._rows.setdefault(row.field, []).append(row)

    def resolve(self, scope: Scope, sources: dict[str, tuple[Statement, ...]]) -> Any:
        """The dataclass with what is in force in `scope`; where that was written goes to `sources`."""
        values: dict[str, Any] = {}
        for field, rows in self._rows.items():
            found = _in_force(scope, rows)
            if found:
                values[field] = _value(found, rows[0])
                for setting in found:
                    sources[setting.directive.name] = (*sources.get(setting.directive.name, ()), setting.statement)
        return self.settings(**values)


def _in_force(scope: Scope, rows: Iterable[Directive]) -> list[Setting]:
    """The uses of these directives in the nearest block that has any."""
    inherited = all(row.inherit for row in rows)
    handler = any(row.content_handler is not None for row in rows)
    level: Scope | None = scope
    while level is not None:
        if any(level.own(row.name) is not None for row in rows):
            return [setting for setting in level.settings if any(setting.directive is row for row in rows)]
        if not inherited and not (handler and level.context & _PARTS):
            return []
        level = level.parent
    return []


def _value(found: list[Setting], row: Directive) -> Any:
    if not row.once and isinstance(found[-1].value, dict):
        return {key: value for setting in found for key, value in (setting.value or {}).items()}
    if row.once or not isinstance(row.default, tuple):
        return found[-1].value
    values: list[Any] = []
    for setting in found:
        values += setting.value if isinstance(setting.value, tuple) else [setting.value]
    return tuple(values)
