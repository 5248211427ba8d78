"""The geo module."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from ...address_table import AddressTable, Overlaps, Range, Ranges, address_table
from ...addresses import Network, parse_ip, parse_network
from ...columns import Arguments, Block
from ...complex_value import ComplexValue, Variable
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...mapping import Geo, VariableDefinition
from ...module import Module
from ...places import Context
from ...text import shown
from ...tree import Node


class _Lines(Struct):
    """What the lines of a geo block have set so far. networks, spans: values by network, or by range with `ranges`."""

    ranges: bool = False
    default: bytes | None = None
    networks: dict[Network, bytes] = field(default_factory=dict)
    spans: Ranges = field(default_factory=Ranges)
    proxies: list[Network] = field(default_factory=list)
    recursive: bool = False

    def read(self, use: DirectiveUse) -> Iterator[tuple[Node, ...]] | None:
        """Read one line. See `directive.ReadLine`."""
        key, values = use.statement.name, use.arguments
        if not values and key == b"ranges":
            if self.networks:
                raise RefusedDirective('the "ranges" directive must be the first directive inside "geo" block')
            self.ranges = True
        elif not values and key == b"proxy_recursive":
            self.recursive = True
        elif len(values) != 1:
            raise RefusedDirective("invalid number of the geo parameters")
        elif key == b"include":
            return use.included()
        elif key == b"proxy":
            self.proxies.append(_network(use, values[0]))
        elif self.ranges:
            self._range(use, key, values[0])
        else:
            self._network(use, key, values[0])
        return None

    def _network(self, use: DirectiveUse, key: bytes, value: bytes) -> None:
        if key == b"default":
            if self.default is not None:
                # nginx stores the default once for IPv4 and once for IPv6 addresses, and warns for each.
                for _ in range(2):
                    use.report("warn", _duplicate("network", key, value, self.default))
            self.default = value
        elif key == b"delete":
            network = _network(use, value)
            if self.networks.pop(network, None) is None:
                use.report("warn", f'no network "{shown(value)}" to delete')
        else:
            network = _network(use, key)
            if network in self.networks:
                use.report("warn", _duplicate("network", key, value, self.networks[network]))
            self.networks[network] = value

    def _range(self, use: DirectiveUse, key: bytes, value: bytes) -> None:
        if key == b"default":
            if self.default is not None:
                use.report("warn", f'duplicate default geo range value: "{shown(value)}", old value: "{shown(self.default)}"')
            self.default = value
            return
        text = value if key == b"delete" else key
        first, last = _span(text)
        if key == b"delete":
            if not self.spans.remove(first, last):
                use.report("warn", f'no address range "{shown(text)}" to delete')
            return
        try:
            for old in self.spans.add(first, last, value):
                use.report("warn", _duplicate("range", key, value, old))
        except Overlaps as known:
            raise RefusedDirective(f'range "{shown(text)}" overlaps "{_text(known.first, known.last)}"') from None

    def result(self, source: ComplexValue | None) -> Geo:
        tables = {4: address_table(self.spans)} if self.ranges else _tables(self.networks)
        proxies = _tables(dict.fromkeys(self.proxies, b""))
        return Geo(source, self.default or b"", tables, proxies, self.recursive)


def _tables(networks: Mapping[Network, bytes]) -> dict[int, AddressTable]:
    """The tables of the networks, by the version of their addresses."""
    ranges: dict[int, list[Range]] = {}
    for network, value in networks.items():
        ranges.setdefault(network.version, []).append((network.address, network.last, value))
    return {version: address_table(found) for version, found in ranges.items()}


def _network(use: DirectiveUse, text: bytes) -> Network:
    network = Network(4, 0xFFFFFFFF, 32) if text == b"255.255.255.255" else parse_network(text)
    if network is None:
        raise RefusedDirective(f'invalid network "{shown(text)}"')
    if network.low_bits:
        use.report("warn", f"low address bits of {shown(text)} are meaningless")
    return Network(network.version, network.address, network.prefix)


def _span(text: bytes) -> tuple[int, int]:
    ends = [parse_ip(end) for end in text.split(b"-")]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0][0] == ends[1][0] == 4:
        first, last = ends[0][1], ends[1][1]
        if first <= last:
            return first, last
    raise RefusedDirective(f'invalid range "{shown(text)}"')


def _text(first: int, last: int) -> str:
    return f"{ipaddress.IPv4Address(first)}-{ipaddress.IPv4Address(last)}"


def _duplicate(what: str, key: bytes, value: bytes, old: bytes) -> str:
    return f'duplicate {what} "{shown(key)}", value: "{shown(value)}", old value: "{shown(old)}"'


class GeoSlot:
    """`[$address] $variable { … }`: a VariableDefinition."""

    description = "variables"

    def parse(self, use: DirectiveUse) -> VariableDefinition:
        source = None
        if len(use.arguments) == 2:
            address = use.variable_name(use.arguments[0])
            use.refer(address)
            source = ComplexValue(use.arguments[0], (Variable(address.lower()),))
        name = use.variable_name(use.arguments[-1])
        use.define(name)
        lines = _Lines()
        use.each_line(lines.read)
        return VariableDefinition(name.lower(), lines.result(source))


MODULE = Module(
    "geo",
    (
        Directive(
            "geo",
            Context.HTTP,
            GeoSlot(),
            "Defines a variable whose value depends on an address.",
            Arguments(1, 2),
            once=False,
            defines=True,
            block=Block.LINES,
        ),
    ),
)
