"""The charset module: the character set of answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..complex_value import ComplexValue
from ..slots import Complex, Flag
from .gzip import TypesSlot
from .table import ANY, FLAG, HTTP_SERVER_LOCATION, Context, Directive, Module, Slot, accepted

_TYPES = frozenset(
    {b"text/html", b"text/xml", b"text/plain", b"text/vnd.wap.wml", b"application/javascript", b"application/rss+xml"}
)


@dataclass(frozen=True, slots=True)
class CharsetMain:
    """tables: from one character set to another, byte by byte (charset_map)."""

    tables: dict[tuple[bytes, bytes], dict[bytes, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CharsetLocation:
    """What a location says of character sets."""

    charset: ComplexValue | None = None
    source_charset: ComplexValue | None = None
    charset_types: frozenset[bytes] = _TYPES


def _row(name: str, slot: Slot, summary: str, also: Context = Context(0)) -> Directive:
    return Directive(name, "charset", HTTP_SERVER_LOCATION | also, slot, field=name, summary=summary)


MODULES = (
    Module(
        "charset",
        (
            _row("charset", Complex(), "The character set of answers.", Context.LOCATION_IF),
            _row("source_charset", Complex(), "The character set of files.", Context.LOCATION_IF),
            Directive(
                "charset_types", "charset", HTTP_SERVER_LOCATION, TypesSlot(), ANY, field="charset_types", default=_TYPES,
                summary="Of which types.",
            ),
            Directive(
                "override_charset", "charset", HTTP_SERVER_LOCATION | Context.LOCATION_IF, Flag(), FLAG,
                emulation=accepted("Only for proxied answers, which keep theirs."), summary="Whether an upstream's is replaced.",
            ),
        ),
        main=CharsetMain,
        location=CharsetLocation,
    ),
)
