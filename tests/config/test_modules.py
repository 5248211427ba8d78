"""The table as a whole: what must hold for each of its rows."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec import Struct

from ngxpush.config.columns import Block
from ngxpush.config.directive import Directive
from ngxpush.config.directives.push_stream.slots import RoleSlot
from ngxpush.config.modules import DIRECTIVES, MODULES, find
from ngxpush.config.places import Context
from ngxpush.config.slots import Choices, Enum

ROWS = [row for module in MODULES for row in module.directives]
KEPT = [row for row in ROWS if row.field is not None]


def _members(kind: Any) -> set[Any]:
    return set(get_args(kind)) if get_origin(kind) in (Union, types.UnionType) else {kind}


def _returned(row: Directive) -> set[Any]:
    """The types of the values a row's slot returns."""
    match row.slot:
        case Enum(choices=choices):
            return {type(value) for value in choices.values()}
        case Choices(choices=choices):
            (kind,) = {type(value) for value in choices.values()}
            return {frozenset[kind]}  # type: ignore[valid-type]  # a type that is worked out
        case RoleSlot(default=default):
            return {type(default)}
    return _members(get_type_hints(type(row.slot).parse)["return"])


def _wanted(row: Directive) -> set[Any]:
    """The types the field may get from one use."""
    kind = get_type_hints(row.settings)[row.field or ""]
    if row.once or not isinstance(row.default, tuple):
        return _members(kind)
    item = get_args(kind)[0]
    return _members(item) | {tuple[item, ...]}


@pytest.mark.parametrize("row", KEPT, ids=lambda row: f"{row.module}-{row.name}")
def test_slots_return_what_their_fields_hold(row: Directive) -> None:
    assert _returned(row) <= _wanted(row)


def test_each_field_is_filled_by_some_row() -> None:
    for module in MODULES:
        for kind in (module.main, module.server, module.location):
            if kind is not None:
                filled = {row.field for row in module.directives if row.settings is kind}
                known = set(kind.__struct_fields__)
                shared = {name for base in kind.__mro__[1:] if issubclass(base, Struct) for name in base.__struct_fields__}
                assert filled <= known, kind
                assert filled >= known - shared or module.nest or module.derive, kind  # these fill fields of their own


def test_defaults_are_those_of_the_fields() -> None:
    assert all(row.settings is not None and row.default == getattr(row.settings(), row.field or "") for row in KEPT)


def test_a_name_has_one_row_in_each_context() -> None:
    for name, rows in DIRECTIVES.items():
        for context in Context:
            assert len([row for row in rows if row.contexts & context]) <= 1, (name, context)


def test_columns_agree() -> None:
    for row in ROWS:
        assert (row.opens is not None) == (row.block is Block.DIRECTIVES), row.name
        assert not row.upstream or row.content_handler is not None, row.name
        assert row.summary.endswith("."), row.name
        assert not any(find(name.encode(), Context.LOCATION) is None for name in row.counts_with), row.name


def test_modules_have_names_of_their_own() -> None:
    names = [module.name for module in MODULES]
    assert len(set(names)) == len(names)
