"""The addition module: text before and after an answer, from subrequests."""

from __future__ import annotations

from dataclasses import dataclass

from ..slots import String
from .gzip import TypesSlot
from .hashes import check_types
from .rows import rows_of
from .table import ANY, Module


@dataclass(frozen=True, slots=True)
class AdditionLocation:
    """The URIs of the subrequests (empty: none), and the content types that get them."""

    add_before_body: bytes = b""
    add_after_body: bytes = b""
    addition_types: frozenset[bytes] = frozenset({b"text/html"})


_row = rows_of("addition", AdditionLocation)

MODULES = (
    Module(
        "addition",
        (
            _row("add_before_body", String(), "The URI whose answer comes before the body."),
            _row("add_after_body", String(), "The URI whose answer comes after the body."),
            _row("addition_types", TypesSlot(), "The content types that get them, besides text/html.", ANY, once=False),
        ),
        checks=(check_types("addition_types"),),
        location=AdditionLocation,
    ),
)
