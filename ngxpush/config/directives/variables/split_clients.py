"""The split_clients module."""

from __future__ import annotations

from ...columns import Arguments, Block
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...mapping import SplitClients, VariableDefinition
from ...module import Module
from ...places import Context
from ...text import shown
from ...values import parse_fixed_point

_WHOLE = 10000  # a hundred percent, with two decimals
_HASHES = 1 << 32


class SplitClientsSlot:
    """`source $variable { … }`: a VariableDefinition."""

    description = "complex value and variable"

    def parse(self, use: DirectiveUse) -> VariableDefinition:
        source = use.complex_value(use.arguments[0])
        name = use.variable_name(use.arguments[1])
        use.define(name)
        shares: list[tuple[int, bytes]] = []

        def line(use: DirectiveUse) -> None:
            text = use.statement.name
            share = 0 if text == b"*" else self._percent(text)
            value = use.arguments[0] if use.arguments else b""
            shares.append((share, value))

        use.each_line(line)
        if sum(share for share, _ in shares) > _WHOLE:
            use.position = use.statement.block_end or use.position
            raise RefusedDirective("percent total is greater than 100%")
        return VariableDefinition(name.lower(), SplitClients(source, tuple(_bounds(shares))))

    @staticmethod
    def _percent(text: bytes) -> int:
        percent = parse_fixed_point(text[:-1], 2) if text.endswith(b"%") else None
        if not percent:
            raise RefusedDirective(f'invalid percent value "{shown(text)}"')
        return percent


def _bounds(shares: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """For each share the upper bound of its hashes, and its value. `*` takes all hashes that are left."""
    bounds, total = [], 0
    for share, value in shares:
        total += share
        bounds.append((total * (_HASHES - 1) // _WHOLE if share else _HASHES, value))
    return bounds


MODULE = Module(
    "split_clients",
    (
        Directive(
            "split_clients",
            Context.HTTP,
            SplitClientsSlot(),
            "Defines a variable whose value depends on the hash of a text, in given shares.",
            Arguments(2, 2),
            once=False,
            defines=True,
            block=Block.LINES,
        ),
    ),
)
