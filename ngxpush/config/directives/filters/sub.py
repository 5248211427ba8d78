"""The sub module: texts replaced in answers."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag
from ..http.hashes import check_types
from .gzip import TypesSlot


class Substitution(Struct, frozen=True):
    """A text, compared in any letter case, and its replacement."""

    source: ComplexValue
    replacement: ComplexValue


class SubLocation(Struct, frozen=True):
    """sub_filter_once: only the first occurrence of each text is replaced."""

    sub_filter: tuple[Substitution, ...] = ()
    sub_filter_types: frozenset[bytes] = frozenset({b"text/html"})
    sub_filter_once: bool = True
    sub_filter_last_modified: bool = False


class SubFilter:
    """A text that isn't empty, and its replacement."""

    description = "text and replacement"

    def parse(self, use: DirectiveUse) -> Substitution:
        if not use.arguments[0]:
            raise RefusedDirective("empty search pattern")
        return Substitution(use.complex_value(use.arguments[0]), use.complex_value(use.arguments[1]))


MODULE = Module(
    "sub",
    (
        Directive(
            "sub_filter",
            HTTP_SERVER_LOCATION,
            SubFilter(),
            "A text that is replaced in answers, and its replacement.",
            Arguments(2, 2),
            once=False,
        ),
        Directive(
            "sub_filter_types",
            HTTP_SERVER_LOCATION,
            TypesSlot(),
            "The content types in which texts are replaced, besides text/html.",
            ANY,
            once=False,
        ),
        Directive("sub_filter_once", HTTP_SERVER_LOCATION, Flag(), "Whether each text is replaced only once."),
        Directive("sub_filter_last_modified", HTTP_SERVER_LOCATION, Flag(), "Whether Last-Modified is kept."),
    ),
    checks=(check_types("sub_filter_types"),),
    location=SubLocation,
    optional=True,
)
