"""The map module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..complex_value import ComplexValue
from ..hash_tables import label_tables
from ..mapping import Map
from ..pattern import Pattern
from ..slots import number
from ..text import shown
from ..wildcards import Wildcards
from ..words import Refused, Words
from .hashes import report_hash, sizes
from .table import Arguments, Block, Context, Directive, Level, Module, accepted


@dataclass(frozen=True, slots=True)
class MapDefinition:
    """A map block: the variable's name, in lower case, and the Map that gives it its values."""

    name: bytes
    map: Map


@dataclass(slots=True)
class _Lines:
    """What the lines of a map have said so far."""

    hostnames: bool = False
    volatile: bool = False
    default: ComplexValue | None = None
    keys: Wildcards[ComplexValue] = field(default_factory=Wildcards)
    patterns: list[tuple[Pattern, ComplexValue]] = field(default_factory=list)

    def read(self, words: Words) -> None:
        """One line: a parameter alone, or a key and a value."""
        key, values = words.statement.name, words.arguments
        if not values and key == b"hostnames":
            self.hostnames = True
        elif not values and key == b"volatile":
            self.volatile = True
        elif len(values) != 1:
            raise Refused("invalid number of the map parameters")
        elif key == b"include":
            words.include(self.read)
        else:
            self._entry(words, key, words.complex_value(values[0]))

    def _entry(self, words: Words, key: bytes, value: ComplexValue) -> None:
        if key == b"default":
            if self.default is not None:
                raise Refused("duplicate default map parameter")
            self.default = value
        elif key.startswith(b"~"):
            caseless = key.startswith(b"~*")
            self.patterns.append((words.pattern(key[2 if caseless else 1 :], caseless), value))
        else:
            key = key[1:] if key.startswith(b"\\") else key
            if self.hostnames and not is_host_name(key):
                raise Refused(f'invalid hostname or wildcard "{shown(key)}"')
            if not self._add(key.lower(), value):
                raise Refused(f'conflicting parameter "{shown(key.lower())}"')

    def tables(self) -> Iterator[Iterable[bytes]]:
        """The names nginx puts into hash tables, a table after the other."""
        if self.keys.exact:
            yield self.keys.exact
        yield from label_tables(self.keys.leading)
        yield from label_tables(name + b"*" for name in self.keys.trailing)

    def _add(self, key: bytes, value: ComplexValue) -> bool:
        """Without `hostnames` a key is nothing but itself."""
        if self.hostnames:
            return self.keys.add(key, value)
        return self.keys.exact.setdefault(key, value) is value


def is_host_name(text: bytes) -> bool:
    """nginx's hosts may have one `*` at the beginning or the end, set off by a dot, and no two dots in a row."""
    if b".." in text or b"\0" in text or text in (b"*", b"*."):
        return False
    if b"*" not in text:
        return True
    return bool(re.fullmatch(rb"\*\.[^*]+|[^*]+\.\*", text))


class MapSlot:
    """`source $variable { … }`: a MapDefinition."""

    description = "complex value and variable"

    def parse(self, words: Words) -> MapDefinition:
        source = words.complex_value(words.arguments[0])
        name = words.variable_name(words.arguments[1])
        words.define(name)
        lines = _Lines()
        words.each_line(lines.read)
        for table in lines.tables():
            report_hash(words, "map_hash", table, *sizes(words.scope, "map_hash", 2048, 64))
        default = lines.default or ComplexValue(b"", ())
        patterns = tuple(lines.patterns)
        return MapDefinition(name.lower(), Map(source, default, lines.keys, patterns, lines.hostnames, lines.volatile))


class HashSize:
    """A number. The first map takes the sizes of its table as they are then, which fixes them."""

    description = "number"

    def parse(self, words: Words) -> int:
        if words.scope.own("map") is not None:
            raise words.duplicate()
        return number().parse(words)


_HASH = accepted("Tables grow as they have to.")

MODULES = (
    Module(
        "map",
        (
            Directive(
                "map",
                "map",
                Context.HTTP,
                MapSlot(),
                Arguments(2, 2),
                Level.MAIN,
                once=False,
                block=Block.LINES,
                summary="Gives a variable a value that depends on another one.",
            ),
            Directive("map_hash_max_size", "map", Context.HTTP, HashSize(), level=Level.MAIN, emulation=_HASH),
            Directive("map_hash_bucket_size", "map", Context.HTTP, HashSize(), level=Level.MAIN, emulation=_HASH),
        ),
    ),
)
