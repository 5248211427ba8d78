"""The map module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from ...columns import Arguments, Block, accepted
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...hash_tables import label_tables
from ...mapping import Map, VariableDefinition
from ...module import Module
from ...pattern import Pattern
from ...places import Context
from ...slots import number
from ...text import shown
from ...tree import Node
from ...wildcards import Wildcards
from ..http.hashes import report_hash, sizes


class _Lines(Struct):
    """What the lines of a map have set so far."""

    hostnames: bool = False
    volatile: bool = False
    default: ComplexValue | None = None
    keys: Wildcards[ComplexValue] = field(default_factory=Wildcards)
    patterns: list[tuple[Pattern, ComplexValue]] = field(default_factory=list)

    def read(self, use: DirectiveUse) -> Iterator[tuple[Node, ...]] | None:
        """Read one line: a parameter alone, or a key and a value. See `directive.ReadLine`."""
        key, values = use.statement.name, use.arguments
        if not values and key == b"hostnames":
            self.hostnames = True
        elif not values and key == b"volatile":
            self.volatile = True
        elif len(values) != 1:
            raise RefusedDirective("invalid number of the map parameters")
        elif key == b"include":
            return use.included()
        else:
            self._entry(use, key, use.complex_value(values[0]))
        return None

    def _entry(self, use: DirectiveUse, key: bytes, value: ComplexValue) -> None:
        if key == b"default":
            if self.default is not None:
                raise RefusedDirective("duplicate default map parameter")
            self.default = value
        elif key.startswith(b"~"):
            caseless = key.startswith(b"~*")
            self.patterns.append((use.pattern(key[2 if caseless else 1 :], caseless), value))
        else:
            key = key[1:] if key.startswith(b"\\") else key
            if self.hostnames and not is_host_name(key):
                raise RefusedDirective(f'invalid hostname or wildcard "{shown(key)}"')
            if not self._add(key.lower(), value):
                raise RefusedDirective(f'conflicting parameter "{shown(key.lower())}"')

    def tables(self) -> Iterator[Iterable[bytes]]:
        """The names that nginx puts into hash tables, table by table."""
        if self.keys.exact:
            yield self.keys.exact
        yield from label_tables(self.keys.leading)
        yield from label_tables(name + b"*" for name in self.keys.trailing)

    def _add(self, key: bytes, value: ComplexValue) -> bool:
        """Add a key. False if it is there already. Without `hostnames` a key has no wildcard."""
        if self.hostnames:
            return self.keys.add(key, value)
        return self.keys.exact.setdefault(key, value) is value


def is_host_name(text: bytes) -> bool:
    """Whether nginx accepts a host: one `*` at most, at the beginning or the end next to a dot, and no two dots in a row."""
    if b".." in text or b"\0" in text or text in (b"*", b"*."):
        return False
    if b"*" not in text:
        return True
    return bool(re.fullmatch(rb"\*\.[^*]+|[^*]+\.\*", text))


class MapSlot:
    """`source $variable { … }`: a VariableDefinition."""

    description = "complex value and variable"

    def parse(self, use: DirectiveUse) -> VariableDefinition:
        source = use.complex_value(use.arguments[0])
        name = use.variable_name(use.arguments[1])
        use.define(name)
        lines = _Lines()
        use.each_line(lines.read)
        for table in lines.tables():
            report_hash(use, "map_hash", table, *sizes(use.scope, "map_hash", 2048, 64))
        default = lines.default or ComplexValue(b"", ())
        patterns = tuple(lines.patterns)
        return VariableDefinition(name.lower(), Map(source, default, lines.keys, patterns, lines.hostnames, lines.volatile))


class HashSize:
    """A number. nginx fixes the sizes of the tables at the first map, so the directive has to stand before it."""

    description = "number"

    def parse(self, use: DirectiveUse) -> int:
        if use.scope.own("map") is not None:
            raise use.duplicate()
        return number().parse(use)


_HASH = accepted("Tables grow as needed.")

MODULE = Module(
    "map",
    (
        Directive(
            "map",
            Context.HTTP,
            MapSlot(),
            "Defines a variable whose value depends on a text with variables.",
            Arguments(2, 2),
            once=False,
            defines=True,
            block=Block.LINES,
        ),
        Directive("map_hash_max_size", Context.HTTP, HashSize(), "The largest size of the tables of maps.", emulation=_HASH),
        Directive(
            "map_hash_bucket_size", Context.HTTP, HashSize(), "The size of a bucket of the tables of maps.", emulation=_HASH
        ),
    ),
)
