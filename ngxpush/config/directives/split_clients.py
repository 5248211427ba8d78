"""The split_clients module."""

from __future__ import annotations

from dataclasses import dataclass

from ..mapping import SplitClients
from ..text import shown
from ..values import parse_fixed_point
from ..words import Refused, Words
from .table import Arguments, Block, Context, Directive, Level, Module

_WHOLE = 10000  # a hundred percent, with two decimals
_HASHES = 1 << 32


@dataclass(frozen=True, slots=True)
class SplitDefinition:
    """A split_clients block: the variable's name, in lower case, and the SplitClients that gives it its values."""

    name: bytes
    split: SplitClients


class SplitClientsSlot:
    """`source $variable { … }`: a SplitDefinition."""

    description = "complex value and variable"

    def parse(self, words: Words) -> SplitDefinition:
        source = words.complex_value(words.arguments[0])
        name = words.variable_name(words.arguments[1])
        words.define(name)
        shares: list[tuple[int, bytes]] = []

        def line(words: Words) -> None:
            text = words.statement.name
            share = 0 if text == b"*" else self._percent(text)
            value = words.arguments[0] if words.arguments else b""
            shares.append((share, value))

        words.each_line(line)
        if sum(share for share, _ in shares) > _WHOLE:
            words.position = words.statement.block_end or words.position
            raise Refused("percent total is greater than 100%")
        return SplitDefinition(name.lower(), SplitClients(source, tuple(_bounds(shares))))

    @staticmethod
    def _percent(text: bytes) -> int:
        percent = parse_fixed_point(text[:-1], 2) if text.endswith(b"%") else None
        if not percent:
            raise Refused(f'invalid percent value "{shown(text)}"')
        return percent


def _bounds(shares: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """The upper bound of each share's hashes; `*` takes all that are left."""
    bounds, total = [], 0
    for share, value in shares:
        total += share
        bounds.append((total * (_HASHES - 1) // _WHOLE if share else _HASHES, value))
    return bounds


MODULES = (
    Module(
        "split_clients",
        (
            Directive(
                "split_clients",
                "split_clients",
                Context.HTTP,
                SplitClientsSlot(),
                Arguments(2, 2),
                Level.MAIN,
                once=False,
                block=Block.LINES,
                summary="Gives a variable values in certain shares.",
            ),
        ),
    ),
)
