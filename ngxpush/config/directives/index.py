"""The index module."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..text import shown
from ..words import Refused, Words
from .table import ANY, HTTP_SERVER_LOCATION, Directive, Module


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """What a location holds: the names of all its `index` directives, in order; empty where none is set (`index.html`)."""

    index: tuple[ComplexValue, ...] = ()


class IndexNames:
    """Names with variables, the last of which may be absolute."""

    description = "complex values"

    def parse(self, words: Words) -> tuple[ComplexValue, ...]:
        names = []
        for place, argument in enumerate(words.arguments):
            if argument.startswith(b"/") and place != len(words.arguments) - 1:
                words.report("warn", 'only the last index in "index" directive should be absolute')
            if not argument:
                raise Refused(f'index "{shown(words.arguments[0])}" in "index" directive is invalid')
            names.append(words.complex_value(argument))
        return tuple(names)


_DIRECTIVES = (
    Directive(
        "index",
        "index",
        HTTP_SERVER_LOCATION,
        IndexNames(),
        ANY,
        field="index",
        default=(),
        once=False,
        summary="The files that stand for a folder.",
    ),
)

MODULES = (Module("index", _DIRECTIVES, location=IndexLocation),)
