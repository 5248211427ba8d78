"""The modules' typed settings for each block, from the scopes of the analysis, by nginx's inheritance.

A value that is not set in a block is that of the block around it; where no block sets it, the default of the class.
Directives that share a field (root and alias, allow and deny) are inherited together.

Settings are made from the outside in. A block that sets nothing of a module shares the settings object of the block around it, so
that ten thousand blocks cost what is written in them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from .configuration import Sources
from .directive import Directive, Scope, Setting
from .module import Module
from .places import Context
from .tree import Statement

_PARTS = (Context.LOCATION_IF, Context.LIMIT_EXCEPT)
"""Blocks that are part of their location: they keep the settings of its content handler, which nested locations don't inherit."""

Complete = Callable[[Any, Sources], Any]
"""What becomes of a module's settings once they are made: they get what follows from others, or are watched."""

_Field = tuple[type[Any], str]
"""A field of a module's settings: their class and its name."""


class BlockSettings(Struct, frozen=True, eq=False):
    """What is in force in one block.

    settings: the modules' settings by their class.  sources: where they are written.
    uses: the directives, by the field they fill.
    """

    settings: Mapping[type[Any], Any]
    sources: Sources
    uses: Mapping[_Field, Sequence[Setting]]


class SettingsMaker:
    """Makes the settings of some modules' classes, block by block."""

    def __init__(self, kinds: Sequence[tuple[Module, type[Any]]], complete: Complete) -> None:
        self._complete = complete
        self._kinds = {kind: module for module, kind in kinds}
        self._rows: dict[_Field, list[Directive]] = {}
        for module, kind in kinds:
            for row in module.directives:
                if row.settings is kind and row.field is not None:
                    self._rows.setdefault((kind, row.field), []).append(row)
        self._set_by = _set_by(rows[0] for rows in self._rows.values())
        self._names = frozenset(row.name for rows in self._rows.values() for row in rows).union(self._set_by)
        self._inherited = {field for field, rows in self._rows.items() if all(row.inherit for row in rows)}
        self._of_handlers = {field for field, rows in self._rows.items() if any(row.content_handler for row in rows)}
        self._nesting = {field for field in self._of_handlers if self._kinds[field[0]].nest is not None}
        defaults: Sources = {}
        self._defaults = BlockSettings({kind: complete(kind(), defaults) for kind in self._kinds}, defaults, {})

    def outermost(self, *scopes: Scope) -> BlockSettings:
        """The settings of the last of some scopes: the file itself, and each next one in the one before."""
        made = self._defaults
        for scope in scopes:
            made = self.make(scope, made)
        return made

    def make(self, scope: Scope, around: BlockSettings) -> BlockSettings:
        """The settings in force in `scope`. around: those of the block that holds it."""
        own = self._own(scope) if scope.has_any(self._names) else {}
        ended = [field for field in around.uses if field not in own and not self._goes_on(field, scope)]
        parts = [field for field in self._nesting if field in around.uses and scope.context in _PARTS]
        if not own and not ended and not parts:
            return around
        uses = {field: found for field, found in around.uses.items() if field not in ended}
        uses |= {field: self._with_outer(field, found, around) for field, found in own.items()}
        changed = [*own, *ended]
        sources = self._sources(around.sources, changed, own)
        kinds = {kind for kind, _ in [*changed, *parts]}
        made = {kind: self._complete(self._nested(kind, uses, around, own), sources) for kind in kinds}
        return BlockSettings({**around.settings, **made}, sources, uses)

    def _nested(
        self, kind: type[Any], uses: Mapping[_Field, Sequence[Setting]], around: BlockSettings, own: Collection[_Field]
    ) -> Any:
        """A module's settings, with what follows from the block around."""
        module = self._kinds[kind]
        settings = self._settings(kind, uses)
        if module.nest is None or kind is not module.location:
            return settings
        return module.nest(settings, around.settings[kind], {name for of, name in own if of is kind})

    def _own(self, scope: Scope) -> dict[_Field, list[Setting]]:
        """What is written directly in a block."""
        own: dict[_Field, list[Setting]] = {}
        for setting in scope.settings:
            row = setting.directive
            also = [Setting(other, other.set_to, setting.statement) for other in self._set_by.get(row.name, ())]
            for each in (setting, *also):
                kind, field = each.directive.settings, each.directive.field
                if kind in self._kinds and field is not None:
                    own.setdefault((kind, field), []).append(each)
        return own

    def _with_outer(self, field: _Field, found: Sequence[Setting], around: BlockSettings) -> Sequence[Setting]:
        """The uses in a block; where items are inherited one by one, after those of the blocks around it."""
        return [*around.uses.get(field, ()), *found] if self._rows[field][0].items_inherit else found

    def _goes_on(self, field: _Field, scope: Scope) -> bool:
        """Whether a block takes over what the block around it has in a field."""
        return field in self._inherited or (field in self._of_handlers and scope.context in _PARTS)

    def _settings(self, kind: type[Any], uses: Mapping[_Field, Sequence[Setting]]) -> Any:
        """A module's settings: its fields that are in `uses`, and defaults."""
        values = {field: _value(found, self._rows[of, field][0]) for (of, field), found in uses.items() if of is kind}
        return kind(**values)

    def _sources(self, around: Sources, changed: Sequence[_Field], own: Mapping[_Field, Sequence[Setting]]) -> Sources:
        gone = {row.name for field in changed for row in self._rows[field]}
        sources = {name: statements for name, statements in around.items() if name not in gone}
        for name, statements in _by_name(own).items():
            sources[name] = tuple(statements)
        return sources


def _set_by(rows: Iterable[Directive]) -> dict[str, list[Directive]]:
    """The rows whose value other directives set too, by the names of those."""
    found: dict[str, list[Directive]] = {}
    for row in rows:
        for name in row.set_by:
            found.setdefault(name, []).append(row)
    return found


def _by_name(own: Mapping[_Field, Sequence[Setting]]) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for settings in own.values():
        for setting in settings:
            found.setdefault(setting.directive.name, []).append(setting.statement)
    return found


def _value(found: Sequence[Setting], row: Directive) -> Any:
    if row.items_inherit:
        return _filled(found)
    last = found[-1].value
    if not row.once and isinstance(last, dict):
        return {key: value for setting in found for key, value in (setting.value or {}).items()}
    return last if row.once or not isinstance(row.default, tuple) else tuple(_each(found))


def _filled(found: Sequence[Setting]) -> tuple[Any, ...]:
    """Of each item, the value of the innermost block that has one."""
    values: tuple[Any, ...] = found[0].value
    for setting in found[1:]:
        values = tuple(outer if inner is None else inner for outer, inner in zip(values, setting.value, strict=True))
    return values


def _each(found: Sequence[Setting]) -> Iterator[Any]:
    for setting in found:
        if isinstance(setting.value, tuple):
            yield from setting.value
        else:
            yield setting.value
