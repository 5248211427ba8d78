"""The values in force in a block of the configuration, and where each is written."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..config.configuration import Http, Location
from ..config.directive import Directive
from ..config.directives.push_stream.settings import PUSH_STREAM
from ..config.modules import MODULES
from ..config.tree import Position
from ..config.written import value_of
from ..explain.words import short


class ValueInForce(Struct, frozen=True):
    """A directive and its value. written: each statement that it comes from, as it is written; none for the default.

    value: empty where the statements are its own and say it.
    """

    name: str
    value: str
    written: tuple[tuple[str, Position], ...]


def block_at(http: Http, file: str, line: int) -> Location | None:
    """The server, location, `if` or limit_except that begins there."""
    for block in http.blocks:
        statement = block.statement
        if statement is not None and (statement.start.file, statement.start.line) == (file, line):
            return block
    return None


def values_in_force(block: Location) -> tuple[ValueInForce, ...]:
    """What is written for a block or around it, and of the push stream module also what is not, in the order of the table."""
    return tuple([_value(block, row) for row in _rows(block)])


def _rows(block: Location) -> Iterator[Directive]:
    for module in MODULES:
        for row in module.directives:
            if row.settings is None or row.field is None or row.settings not in block.settings:
                continue
            if row.name in block.sources or (module.name == PUSH_STREAM and not row.role):
                yield row


def _value(block: Location, row: Directive) -> ValueInForce:
    assert row.settings is not None and row.field is not None
    statements = block.sources.get(row.name, ())
    written = tuple([(short(statement), statement.start) for statement in statements])
    says_it = any(statement.name == row.name.encode() for statement in statements)
    value = "" if says_it else value_of(row, getattr(block.of(row.settings), row.field))
    return ValueInForce(row.name, value, written)
