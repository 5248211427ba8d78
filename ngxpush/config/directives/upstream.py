"""The upstream module and its load balancing methods: groups of servers by name."""

from __future__ import annotations

from dataclasses import dataclass

from ..addresses import InvalidAddress, parse_address
from ..analysis import Scope
from ..complex_value import ComplexValue
from ..http_block import HttpBlock, Upstream
from ..slots import milliseconds, number
from ..text import shown
from ..values import parse_number, parse_seconds, parse_size
from ..words import Refused, Words
from ..zones import LEAST_SIZE
from .table import NONE, Arguments, Block, Context, Directive, Level, Module, Slot, accepted


@dataclass(frozen=True, slots=True)
class UpstreamServer:
    """A server of an upstream. fail_timeout: in seconds.  max_conns: 0 is no limit."""

    address: bytes
    weight: int = 1
    max_fails: int = 1
    fail_timeout: int = 10
    max_conns: int = 0
    backup: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Hash:
    """`hash KEY [consistent]`."""

    key: ComplexValue
    consistent: bool


@dataclass(frozen=True, slots=True)
class IpHash:
    """`ip_hash`."""


@dataclass(frozen=True, slots=True)
class LeastConn:
    """`least_conn`."""


@dataclass(frozen=True, slots=True)
class Random:
    """`random [two [least_conn]]`."""

    two: bool


BalancingMethod = Hash | IpHash | LeastConn | Random


@dataclass(frozen=True, slots=True)
class UpstreamGroup:
    """An `upstream` block. method: None takes the servers in turns.

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


class UpstreamSlot:
    """The name of the group."""

    description = "name"

    def parse(self, words: Words) -> bytes:
        name = words.arguments[0]
        conflict = words.http.define_upstream(name, words.position)
        if conflict is not None:
            message, words.position = conflict
            raise Refused(message)
        return name


def _group(words: Words) -> Upstream | None:
    """The group a directive belongs to; None when its block was refused."""
    name = words.scope.value
    return None if name is None else words.http.upstream(name)


class ServerSlot:
    """An address and parameters: an UpstreamServer."""

    description = "address and parameters"

    def parse(self, words: Words) -> UpstreamServer:
        text, *parameters = words.arguments
        numbers = {"weight": 1, "max_fails": 1, "fail_timeout": 10, "max_conns": 0}
        flags = {"backup": False, "down": False}
        for parameter in parameters:
            name, equals, value = parameter.partition(b"=")
            if shown(parameter) in flags:
                flags[shown(parameter)] = True
                self._check_method(words, parameter, shown(parameter))
            elif equals and shown(name) in numbers:
                parsed = parse_seconds(value) if name == b"fail_timeout" else parse_number(value)
                if parsed is None or (name == b"weight" and parsed == 0):
                    raise words.invalid_parameter(parameter)
                numbers[shown(name)] = parsed
                self._check_method(words, parameter, shown(name))
            else:
                raise words.invalid_parameter(parameter)
        self._check_address(words, text)
        return UpstreamServer(text, **numbers, backup=flags["backup"], down=flags["down"])

    @staticmethod
    def _check_method(words: Words, parameter: bytes, name: str) -> None:
        group = _group(words)
        lacking = _LACKING.get(group.balancer or "", ()) if group is not None else ()
        if name in lacking:
            raise Refused(f'balancing method does not support parameter "{shown(parameter)}"')

    @staticmethod
    def _check_address(words: Words, text: bytes) -> None:
        try:
            address = parse_address(text, default_port=80)
            if address.port != address.last_port:
                raise InvalidAddress("invalid port")
            words.resolve(address)
        except InvalidAddress as error:
            raise Refused(f'{error} in upstream "{shown(text)}"') from None


# What the methods' servers may not say.
_LACKING = {"ip_hash": ("backup",), "hash": ("backup",), "random": ("backup",)}


def _choose(words: Words, method: str) -> None:
    """Note the group's method; nginx warns of a second one, and of one that follows `keepalive`."""
    group = _group(words)
    if group is None:
        return
    if group.balancer is not None:
        words.report("warn", "load balancing method redefined")
    group.balancer = method


@dataclass(frozen=True, slots=True)
class Method:
    """A method without arguments."""

    name: str
    method: IpHash | LeastConn
    description: str = "no argument"

    def parse(self, words: Words) -> IpHash | LeastConn:
        _choose(words, self.name)
        return self.method


class HashSlot:
    """`key [consistent]`."""

    description = "complex value"

    def parse(self, words: Words) -> Hash:
        key = words.complex_value(words.arguments[0])
        _choose(words, "hash")
        if len(words.arguments) == 2 and words.arguments[1] != b"consistent":
            raise words.invalid_parameter(words.arguments[1])
        return Hash(key, len(words.arguments) == 2)


class RandomSlot:
    """`[two [least_conn]]`."""

    description = "two and method"

    def parse(self, words: Words) -> Random:
        _choose(words, "random")
        if words.arguments and words.arguments[0] != b"two":
            raise words.invalid_parameter(words.arguments[0])
        if len(words.arguments) == 2 and words.arguments[1] != b"least_conn":
            raise words.invalid_parameter(words.arguments[1])
        return Random(bool(words.arguments))


class Keepalive:
    """How many idle connections a worker keeps."""

    description = "number"

    def parse(self, words: Words) -> int:
        connections = parse_number(words.arguments[0])
        if not connections:
            raise Refused(f'invalid value "{shown(words.arguments[0])}" in "{words.name}" directive')
        group = _group(words)
        if group is not None:
            group.balancer = group.balancer or "keepalive"
        return connections


class Zone:
    """`name [size]`."""

    description = "name and size"

    def parse(self, words: Words) -> bytes:
        name = words.arguments[0]
        size: int | None = 0
        if len(words.arguments) == 2:
            size = parse_size(words.arguments[1])
            if size is None:
                raise Refused(f'invalid zone size "{shown(words.arguments[1])}"')
            if size < LEAST_SIZE:
                raise Refused(f'zone "{shown(name)}" is too small')
        if not name:
            raise Refused(f'invalid zone name "{shown(name)}"')
        message = words.cycle.add_shared_memory(name, size or 0, "upstream_zone")
        if message is not None:
            raise Refused(message)
        return name


def _close(words: Words, scope: Scope) -> None:
    if not scope.all("server") and not scope.uncertain:
        raise Refused("no servers are inside upstream")


def check(words: Words, http: Scope) -> None:
    """Groups without a server in use, and hosts of a `…_pass` that lack a port or an address."""
    block: HttpBlock = http.value
    for upstream in block.upstreams:
        shown_name = shown(upstream.name)
        if upstream.defined:
            scope = next((scope for scope in http.scopes if scope.value == upstream.name), None)
            servers = [setting.value for setting in scope.all("server")] if scope is not None else []
            if servers and all(server is not None and server.backup for server in servers):
                words.analyzer.report("emerg", f'no servers in upstream "{shown_name}"', upstream.position, True)
        elif upstream.port == 0 and not upstream.numeric:
            words.analyzer.report("emerg", f'no port in upstream "{shown_name}"', upstream.position, True)
        elif not upstream.numeric and not words.cycle.system.resolves(shown_name):
            words.analyzer.report("emerg", f'host not found in upstream "{shown_name}"', upstream.position, True)


_IN = Context.UPSTREAM


def _row(name: str, module: str, slot: Slot, summary: str, arguments: Arguments = Arguments(), **more: object) -> Directive:
    return Directive(name, module, _IN, slot, arguments, Level.SERVER, summary=summary, **more)  # type: ignore[arg-type]


_UPSTREAM = (
    Directive(
        "upstream",
        "upstream",
        Context.HTTP,
        UpstreamSlot(),
        Arguments(1, 1),
        Level.MAIN,
        once=False,
        block=Block.DIRECTIVES,
        opens=Context.UPSTREAM,
        close=_close,
        summary="A group of servers.",
    ),
    _row("server", "upstream", ServerSlot(), "A server of the group.", Arguments(1, None), once=False),
)

MODULES = (
    Module("upstream", _UPSTREAM, checks=(check,)),
    Module(
        "upstream_hash",
        (_row("hash", "upstream_hash", HashSlot(), "By a key.", Arguments(1, 2), once=False),),
    ),
    Module(
        "upstream_ip_hash",
        (_row("ip_hash", "upstream_ip_hash", Method("ip_hash", IpHash()), "By address.", NONE, once=False),),
    ),
    Module(
        "upstream_least_conn",
        (_row("least_conn", "upstream_least_conn", Method("least_conn", LeastConn()), "By load.", NONE, once=False),),
    ),
    Module(
        "upstream_random",
        (_row("random", "upstream_random", RandomSlot(), "By chance.", Arguments(0, 2), once=False),),
    ),
    Module(
        "upstream_keepalive",
        (
            _row("keepalive", "upstream_keepalive", Keepalive(), "How many idle connections are kept."),
            _row("keepalive_time", "upstream_keepalive", milliseconds(), "For how long in all."),
            _row("keepalive_timeout", "upstream_keepalive", milliseconds(), "For how long idle."),
            _row("keepalive_requests", "upstream_keepalive", number(), "For how many requests."),
        ),
    ),
    Module(
        "upstream_zone",
        (
            _row(
                "zone",
                "upstream_zone",
                Zone(),
                "The memory workers share.",
                Arguments(1, 2),
                once=False,
                emulation=accepted("The workers need no such memory."),
            ),
        ),
    ),
)
