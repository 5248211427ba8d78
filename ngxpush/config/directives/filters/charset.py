"""The charset module: the character set of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct, field

from .... import utf8
from ....numbers import parse_hexadecimal
from ...columns import ANY, Arguments, Block
from ...complex_value import ComplexValue, Variable
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...module import Module
from ...places import ALSO_IN_IF, HTTP_SERVER_LOCATION, Context
from ...slots import Flag
from ...text import shown
from ..http.hashes import check_types
from .gzip import TypesSlot

_TYPES = frozenset(
    {b"text/html", b"text/xml", b"text/plain", b"text/vnd.wap.wml", b"application/javascript", b"application/rss+xml"}
)


class CharsetMain(Struct, frozen=True):
    """tables: (from, to) → character → character. A charset_map gives the tables of both directions."""

    tables: dict[tuple[bytes, bytes], dict[bytes, bytes]] = field(default_factory=dict)


class CharsetLocation(Struct, frozen=True):
    """What a location says of character sets."""

    charset: ComplexValue | None = None
    source_charset: ComplexValue | None = None
    charset_types: frozenset[bytes] = _TYPES
    override_charset: bool = False


_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]+")

Tables = dict[tuple[bytes, bytes], dict[bytes, bytes]]


class CharsetMap:
    """The lines of a charset_map: two bytes in hexadecimal; for utf-8 the second one is a character of two or three bytes."""

    description = "character sets"

    def parse(self, use: DirectiveUse) -> Tables:
        source, target = use.arguments
        if source.lower() == target.lower():
            raise RefusedDirective(f'"charset_map" between the same charsets "{shown(source)}" and "{shown(target)}"')
        for earlier in use.scope.all(use.name):
            if _pair(earlier.statement.arguments) == _pair([source, target]):
                raise RefusedDirective(f'duplicate "charset_map" between "{shown(source)}" and "{shown(target)}"')
        table: dict[bytes, bytes] = {}
        to_utf8 = target.lower() == b"utf-8"

        def line(use: DirectiveUse) -> None:
            if len(use.arguments) != 1:
                raise RefusedDirective("invalid parameters number")
            byte = _byte(use.statement.name)
            table[byte] = _character(use.arguments[0]) if to_utf8 else _byte(use.arguments[0])

        use.each_line(line)
        back = {(_first(encoded) if to_utf8 else encoded): byte for byte, encoded in table.items()}
        return {(source.lower(), target.lower()): table, (target.lower(), source.lower()): back}


class CharsetName:
    """A character set, `off`, or one variable, whose name is everything after the `$` at the beginning."""

    description = "character set or variable"

    def parse(self, use: DirectiveUse) -> ComplexValue:
        text = use.arguments[0]
        if not text.startswith(b"$"):
            return ComplexValue(text, (text,))
        name = text[1:].lower()
        use.refer(name)
        return ComplexValue(text, (Variable(name),))


def _byte(text: bytes) -> bytes:
    """A byte as a hexadecimal number, which may have leading zeros."""
    number = parse_hexadecimal(text)
    if number is None or number > 0xFF:
        raise RefusedDirective(f'invalid value "{shown(text)}"')
    return bytes((number,))


def _character(text: bytes) -> bytes:
    """The bytes of a character of UTF-8 that is no ASCII, as a hexadecimal number. What follows the character belongs to it."""
    if _HEXADECIMAL.fullmatch(text) and not len(text) % 2:
        encoded = bytes.fromhex(text.decode())
        number = utf8.character(_first(encoded))[1]
        if number is not None and 0x80 <= number <= 0xFFFF:
            return encoded
    raise RefusedDirective(f'invalid value "{shown(text)}"')


def _first(encoded: bytes) -> bytes:
    """The first character; empty if it is not whole."""
    found = utf8.CHARACTER.match(encoded)
    return b"" if found is None else found[0]


def _pair(names: Iterable[bytes]) -> frozenset[bytes]:
    """A key for two character sets, in either order and any letter case."""
    return frozenset(name.lower() for name in names)


def _check(use: DirectiveUse, http: Scope) -> None:
    """Refuse a conversion from one character set to another without a charset_map between the two."""
    known = {_pair(setting.statement.arguments) for setting in http.all("charset_map")}
    for scope in http.walk():
        if not scope.has_any(("source_charset", "charset")):
            continue  # as in the block around it
        source, target = scope.effective("source_charset"), scope.effective("charset")
        if source is None or target is None or source.value is None or target.value is None:
            continue
        constants = [name for name in (source.value.constant, target.value.constant) if name not in (None, b"off")]
        pair = _pair(constants)
        if len(constants) < 2 or len(pair) < 2 or pair in known:
            continue
        names = f'"{shown(source.statement.arguments[0])}" and "{shown(target.statement.arguments[0])}"'
        use.report("emerg", f'no "charset_map" between the charsets {names}', fatal=True, placed=False)
        return


MODULE = Module(
    "charset",
    (
        Directive("charset", ALSO_IN_IF, CharsetName(), "The character set that answers name; `off`: none."),
        Directive(
            "source_charset", ALSO_IN_IF, CharsetName(), "The character set that files and upstreams' answers are converted from."
        ),
        Directive(
            "charset_map",
            Context.HTTP,
            CharsetMap(),
            "A table from one character set to another.",
            Arguments(2, 2),
            field="tables",
            once=False,
            block=Block.LINES,
        ),
        Directive(
            "charset_types",
            HTTP_SERVER_LOCATION,
            TypesSlot(),
            "The content types of answers that name a character set.",
            ANY,
            once=False,
        ),
        Directive("override_charset", ALSO_IN_IF, Flag(), "Whether the character set of an upstream's answer is converted."),
    ),
    main=CharsetMain,
    checks=(_check, check_types("charset_types")),
    location=CharsetLocation,
)
