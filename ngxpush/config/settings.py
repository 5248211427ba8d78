"""A module's typed settings for one block, from the scopes of the analysis, by nginx's inheritance.

A value that is not set in a block is that of the block around it; where no block sets it, the default of the dataclass.
Directives that share a field (root and alias, allow and deny) are inherited together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .directive import Directive, Scope, Setting
from .module import Module
from .places import Context
from .tree import Statement

_PARTS = Context.LOCATION_IF | Context.LIMIT_EXCEPT
"""Blocks that are part of their location: they keep the settings of its content handler, which nested locations don't inherit."""


class SettingsMaker:
    """Makes one settings class of a module from the rows that fill its fields."""

    def __init__(self, module: Module, kind: type[Any]) -> None:
        self.kind = kind
        self._rows: dict[str, list[Directive]] = {}
        for row in module.directives:
            if row.settings is kind and row.field is not None:
                self._rows.setdefault(row.field, []).append(row)

    def make(self, scope: Scope, sources: dict[str, tuple[Statement, ...]]) -> Any:
        """The settings in force in `scope`. The statements that set them are added to `sources`, by directive name."""
        values: dict[str, Any] = {}
        for field, rows in self._rows.items():
            found = _in_force(scope, rows)
            if found:
                values[field] = _value(found, rows[0]) if not rows[0].items_inherit else _filled(scope, rows[0])
                for setting in found:
                    sources[setting.directive.name] = (*sources.get(setting.directive.name, ()), setting.statement)
        return self.kind(**values)


def _in_force(scope: Scope, rows: Sequence[Directive]) -> list[Setting]:
    """The uses of these directives in the nearest block that has any; [] if they are not inherited from it."""
    nearest = scope.nearest(*[row.name for row in rows])
    if nearest is None or not (all(row.inherit for row in rows) or _is_part(scope, nearest, rows)):
        return []
    return [setting for setting in nearest.settings if any(setting.directive is row for row in rows)]


def _filled(scope: Scope, row: Directive) -> tuple[Any, ...]:
    """The value of a row whose items are inherited one by one."""
    values: list[Any] = []
    nearest = scope.nearest(row.name)
    while nearest is not None:
        value = _in_force(nearest, [row])[-1].value
        values = [outer if inner is None else inner for inner, outer in zip(values or value, value, strict=True)]
        nearest = None if nearest.parent is None else nearest.parent.nearest(row.name)
    return tuple(values)


def _is_part(scope: Scope, outer: Scope, rows: Sequence[Directive]) -> bool:
    """Whether a block is `outer`, or, for the settings of a content handler, a part of `outer`."""
    handler = any(row.content_handler is not None for row in rows)
    level: Scope | None = scope
    while level is not outer and level is not None and handler and level.context & _PARTS:
        level = level.parent
    return level is outer


def _value(found: list[Setting], row: Directive) -> Any:
    if not row.once and isinstance(found[-1].value, dict):
        return {key: value for setting in found for key, value in (setting.value or {}).items()}
    if row.once or not isinstance(row.default, tuple):
        return found[-1].value
    values: list[Any] = []
    for setting in found:
        values += setting.value if isinstance(setting.value, tuple) else [setting.value]
    return tuple(values)
