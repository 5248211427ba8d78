"""The index module."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...text import shown


class IndexLocation(Struct, frozen=True):
    """What a location holds: the names of all its `index` directives, in order; empty for the default, `index.html`."""

    index: tuple[ComplexValue, ...] = ()


class IndexNames:
    """Names with variables. The last one may be absolute."""

    description = "complex values"

    def parse(self, use: DirectiveUse) -> tuple[ComplexValue, ...]:
        names = []
        for place, argument in enumerate(use.arguments):
            if argument.startswith(b"/") and place != len(use.arguments) - 1:
                use.report("warn", 'only the last index in "index" directive should be absolute')
            if not argument:
                raise RefusedDirective(f'index "{shown(use.arguments[0])}" in "index" directive is invalid')
            names.append(use.complex_value(argument))
        return tuple(names)


_DIRECTIVES = (
    Directive(
        "index",
        HTTP_SERVER_LOCATION,
        IndexNames(),
        "The files that are sent for a directory, in the order they are tried.",
        ANY,
        once=False,
    ),
)

MODULE = Module("index", _DIRECTIVES, location=IndexLocation)
