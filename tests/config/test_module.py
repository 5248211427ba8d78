"""What a module fills in in its rows."""

from __future__ import annotations

from msgspec import Struct

from ngxpush.config.columns import accepted, unsupported
from ngxpush.config.directive import Directive
from ngxpush.config.module import Module
from ngxpush.config.places import Context
from ngxpush.config.slots import Flag, number


class _Main(Struct, frozen=True):
    size: int = 5


class _Location(Struct, frozen=True):
    on: bool = False


_NOT_YET = unsupported("not yet")
_IDLE = accepted("it has no effect")
_MODULE = Module(
    "teapot",
    (
        Directive("teapot_size", Context.HTTP, number(), ""),
        Directive("teapot", Context.LOCATION, Flag(), "", field="on"),
        Directive("teapot_lid", Context.LOCATION, Flag(), "", emulation=_IDLE),
    ),
    prefix="teapot_",
    main=_Main,
    location=_Location,
    emulation=_NOT_YET,
)


def test_a_row_knows_its_module_its_field_and_its_default() -> None:
    found = [(row.module, row.field, row.settings, row.default) for row in _MODULE.directives]
    assert found == [
        ("teapot", "size", _Main, 5),
        ("teapot", "on", _Location, False),
        ("teapot", None, None, None),
    ]


def test_a_row_says_more_of_its_emulation_than_the_module() -> None:
    assert [row.emulation for row in _MODULE.directives] == [_NOT_YET, _NOT_YET, _IDLE]
