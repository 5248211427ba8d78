"""The sub module: texts replaced in answers."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..slots import Flag
from ..words import Refused, Words
from .gzip import TypesSlot
from .hashes import check_types
from .rows import rows_of
from .table import ANY, Arguments, Module


@dataclass(frozen=True, slots=True)
class Substitution:
    """A text, compared without regard to letter case, and what takes its place."""

    source: ComplexValue
    replacement: ComplexValue


@dataclass(frozen=True, slots=True)
class SubLocation:
    """sub_filter_once: only the first occurrence of each text is replaced."""

    sub_filter: tuple[Substitution, ...] = ()
    sub_filter_types: frozenset[bytes] = frozenset({b"text/html"})
    sub_filter_once: bool = True
    sub_filter_last_modified: bool = False


class SubFilter:
    """A text that isn't empty, and its replacement."""

    description = "text and replacement"

    def parse(self, words: Words) -> Substitution:
        if not words.arguments[0]:
            raise Refused("empty search pattern")
        return Substitution(words.complex_value(words.arguments[0]), words.complex_value(words.arguments[1]))


_row = rows_of("sub", SubLocation)

MODULES = (
    Module(
        "sub",
        (
            _row("sub_filter", SubFilter(), "A text in answers, and what takes its place.", Arguments(2, 2), once=False),
            _row("sub_filter_types", TypesSlot(), "The content types it applies to, besides text/html.", ANY, once=False),
            _row("sub_filter_once", Flag(), "Whether each text is replaced only once."),
            _row("sub_filter_last_modified", Flag(), "Whether Last-Modified is kept."),
        ),
        checks=(check_types("sub_filter_types"),),
        location=SubLocation,
    ),
)
