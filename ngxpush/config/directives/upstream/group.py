"""A group of servers, as an `upstream` block describes it, with its load balancing method."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import Scope
from ...places import Context


class UpstreamServer(Struct, frozen=True):
    """A server of an upstream. fail_timeout: seconds.  max_conns: 0 for no limit."""

    address: bytes
    weight: int = 1
    max_fails: int = 1
    fail_timeout: int = 10
    max_conns: int = 0
    backup: bool = False
    down: bool = False


class Hash(Struct, frozen=True):
    """`hash KEY [consistent]`."""

    key: ComplexValue
    consistent: bool


class IpHash(Struct, frozen=True):
    """`ip_hash`."""


class LeastConn(Struct, frozen=True):
    """`least_conn`."""


class Random(Struct, frozen=True):
    """`random [two [least_conn]]`."""

    two: bool


BalancingMethod = Hash | IpHash | LeastConn | Random


class UpstreamGroup(Struct, frozen=True):
    """An `upstream` block. method: None for the servers in turns.

    keepalive: how many idle connections a worker keeps, 0 for none; keepalive_time, keepalive_timeout in milliseconds.
    """

    name: bytes
    servers: tuple[UpstreamServer, ...]
    method: BalancingMethod | None = None
    keepalive: int = 0
    keepalive_time: int = 3600000
    keepalive_timeout: int = 60000
    keepalive_requests: int = 1000


def upstream_groups(http: Scope) -> dict[bytes, UpstreamGroup]:
    """The `upstream` blocks of an http block by name, in lower case."""
    return {scope.value.lower(): _compile(scope) for scope in http.scopes if scope.context is Context.UPSTREAM}


def _compile(scope: Scope) -> UpstreamGroup:
    methods = [setting.value for setting in scope.settings if isinstance(setting.value, BalancingMethod)]
    names = ("keepalive", "keepalive_time", "keepalive_timeout", "keepalive_requests")
    keepalive = {name: scope.all(name)[-1].value for name in names if scope.all(name)}
    servers = tuple(setting.value for setting in scope.all("server"))
    return UpstreamGroup(scope.value, servers, methods[-1] if methods else None, **keepalive)
