"""nginx's inheritance: http → server → location → nested location → `if`, for every row of the table alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from .analysis import Scope, Setting
from .directives.table import Context, Directive, Level, Module
from .modules import MODULES
from .tree import Statement

Key = tuple[str, Level, str]
"""A setting: its module, which of the module's configurations holds it, and the attribute there."""

_IMPLIED = Context.LOCATION_IF | Context.LIMIT_EXCEPT


def _key(row: Directive) -> Key | None:
    return None if row.field is None else (row.module, row.level, row.field)


def _keys(rows: Iterable[Directive]) -> frozenset[Key]:
    return frozenset(key for row in rows if (key := _key(row)) is not None)


_ROWS = [row for module in MODULES for row in module.directives]
_NOT_INHERITED = _keys(row for row in _ROWS if not row.inherit)
# What makes a location's content handler is also that of the `if`s and limit_excepts inside it.
_NOT_IMPLIED = _keys(row for row in _ROWS if not row.inherit and row.content_handler is None)


@dataclass(slots=True)
class Effective:
    """What is set in a block, or around it and inherited. sources: the statement each directive's effective value comes from."""

    values: dict[Key, Any] = field(default_factory=dict)
    sources: dict[str, Statement] = field(default_factory=dict)

    def inside(self, scope: Scope) -> Effective:
        """What is effective in a block that stands in this one."""
        lost = _NOT_IMPLIED if scope.context & _IMPLIED else _NOT_INHERITED
        values = {key: value for key, value in self.values.items() if key not in lost}
        sources = dict(self.sources)
        own: dict[Key, list[Setting]] = {}
        for setting in scope.settings:
            key = _key(setting.directive)
            if key is not None:
                own.setdefault(key, []).append(setting)
                sources[setting.directive.name] = setting.statement
        for key, settings in own.items():
            values[key] = _combined(settings)
        return Effective(values, sources)

    def settings(self, module: Module, level: Level) -> Any:
        """The module's settings at a level: an instance of its dataclass; None where it has none."""
        kind = {Level.MAIN: module.main, Level.SERVER: module.server, Level.LOCATION: module.location}[level]
        if kind is None:
            return None
        given = {}
        for attribute in fields(kind):
            key = (module.name, level, attribute.name)
            if key in self.values:
                given[attribute.name] = self.values[key]
        return kind(**given)

    def all_settings(self, level: Level) -> dict[str, Any]:
        """The settings of every module that has some at a level, by the module's name."""
        made = {module.name: self.settings(module, level) for module in MODULES}
        return {name: settings for name, settings in made.items() if settings is not None}


def _combined(settings: list[Setting]) -> Any:
    """One value from all uses of a directive in one block.

    A directive that may be used once gives its value. The values of others are collected where the settings hold a tuple (a
    value that is a tuple joins in), merged where they are tables, and else the last one counts.
    """
    last = settings[-1]
    if last.directive.once:
        return last.value
    if isinstance(last.directive.default, tuple):
        collected: list[Any] = []
        for setting in settings:
            collected += setting.value if isinstance(setting.value, tuple) else (setting.value,)
        return tuple(collected)
    return last.value
