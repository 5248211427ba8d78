"""The zone module of upstreams: memory in which workers share the state of a group."""

from __future__ import annotations

from ...columns import Arguments, accepted
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import Context
from ...text import shown
from ...values import parse_size
from ...zones import LEAST_SIZE


class UpstreamZoneSlot:
    """`name [size]`."""

    description = "name and size"

    def parse(self, use: DirectiveUse) -> bytes:
        name = use.arguments[0]
        size: int | None = 0
        if len(use.arguments) == 2:
            size = parse_size(use.arguments[1])
            if size is None:
                raise RefusedDirective(f'invalid zone size "{shown(use.arguments[1])}"')
            if size < LEAST_SIZE:
                raise RefusedDirective(f'zone "{shown(name)}" is too small')
        if not name:
            raise RefusedDirective(f'invalid zone name "{shown(name)}"')
        message = use.cycle.add_shared_memory(name, size or 0, "upstream_zone")
        if message is not None:
            raise RefusedDirective(message)
        return name


MODULE = Module(
    "upstream_zone",
    (
        Directive(
            "zone",
            Context.UPSTREAM,
            UpstreamZoneSlot(),
            "The zone in which workers share the state of the group.",
            Arguments(1, 2),
            once=False,
            emulation=accepted("Each worker keeps its own state of the group."),
        ),
    ),
)
