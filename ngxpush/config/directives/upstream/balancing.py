"""The load balancing methods of upstreams: hash, ip_hash, least_conn, random."""

from __future__ import annotations

from msgspec import Struct

from ...columns import NONE, Arguments
from ...directive import Directive, DirectiveUse
from ...http_block import group_of
from ...module import Module
from ...places import Context
from .group import Hash, IpHash, LeastConn, Random


def _choose(use: DirectiveUse, method: str) -> None:
    """Note the group's method. nginx warns of a second one, and of one after `keepalive`."""
    group = group_of(use)
    if group is None:
        return
    if group.balancer is not None:
        use.report("warn", "load balancing method redefined")
    group.balancer = method


class MethodSlot(Struct, frozen=True):
    """A method without arguments."""

    name: str
    method: IpHash | LeastConn
    description: str = "no argument"

    def parse(self, use: DirectiveUse) -> IpHash | LeastConn:
        _choose(use, self.name)
        return self.method


class HashSlot:
    """`key [consistent]`."""

    description = "complex value"

    def parse(self, use: DirectiveUse) -> Hash:
        key = use.complex_value(use.arguments[0])
        _choose(use, "hash")
        if len(use.arguments) == 2 and use.arguments[1] != b"consistent":
            raise use.invalid_parameter(use.arguments[1])
        return Hash(key, len(use.arguments) == 2)


class RandomSlot:
    """`[two [least_conn]]`."""

    description = "two and method"

    def parse(self, use: DirectiveUse) -> Random:
        _choose(use, "random")
        if use.arguments and use.arguments[0] != b"two":
            raise use.invalid_parameter(use.arguments[0])
        if len(use.arguments) == 2 and use.arguments[1] != b"least_conn":
            raise use.invalid_parameter(use.arguments[1])
        return Random(bool(use.arguments))


HASH = Module(
    "upstream_hash",
    (Directive("hash", Context.UPSTREAM, HashSlot(), "Chooses a server by the hash of a key.", Arguments(1, 2), once=False),),
)

IP_HASH = Module(
    "upstream_ip_hash",
    (
        Directive(
            "ip_hash",
            Context.UPSTREAM,
            MethodSlot("ip_hash", IpHash()),
            "Chooses a server by the client's address.",
            NONE,
            once=False,
        ),
    ),
)

LEAST_CONN = Module(
    "upstream_least_conn",
    (
        Directive(
            "least_conn",
            Context.UPSTREAM,
            MethodSlot("least_conn", LeastConn()),
            "Chooses the server with the fewest active connections.",
            NONE,
            once=False,
        ),
    ),
)

RANDOM = Module(
    "upstream_random",
    (Directive("random", Context.UPSTREAM, RandomSlot(), "Chooses a server at random.", Arguments(0, 2), once=False),),
)
