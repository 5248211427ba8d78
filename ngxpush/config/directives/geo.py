"""The geo module."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from ..addresses import Network, parse_ip, parse_network
from ..complex_value import ComplexValue
from ..mapping import AddressRange, Geo
from ..text import shown
from ..words import Refused, Words
from .table import Arguments, Block, Context, Directive, Level, Module


@dataclass(frozen=True, slots=True)
class GeoDefinition:
    """A geo block: the variable's name, in lower case, and the Geo that gives it its values."""

    name: bytes
    geo: Geo


@dataclass(slots=True)
class _Lines:
    """What the lines of a geo block have said so far. values: by network, or by first and last address with `ranges`."""

    ranges: bool = False
    default: bytes | None = None
    networks: dict[Network, bytes] = field(default_factory=dict)
    spans: dict[tuple[int, int], bytes] = field(default_factory=dict)
    proxies: list[Network] = field(default_factory=list)
    recursive: bool = False

    def read(self, words: Words) -> None:
        key, values = words.statement.name, words.arguments
        if not values and key == b"ranges":
            if self.networks:
                raise Refused('the "ranges" directive must be the first directive inside "geo" block')
            self.ranges = True
        elif not values and key == b"proxy_recursive":
            self.recursive = True
        elif len(values) != 1:
            raise Refused("invalid number of the geo parameters")
        elif key == b"include":
            words.include(self.read)
        elif key == b"proxy":
            self.proxies.append(_network(words, values[0]))
        elif self.ranges:
            self._range(words, key, values[0])
        else:
            self._network(words, key, values[0])

    def _network(self, words: Words, key: bytes, value: bytes) -> None:
        if key == b"default":
            if self.default is not None:
                # nginx keeps the default once for IPv4 and once for IPv6 addresses.
                for _ in range(2):
                    words.report("warn", _duplicate("network", key, value, self.default))
            self.default = value
        elif key == b"delete":
            network = _network(words, value)
            if self.networks.pop(network, None) is None:
                words.report("warn", f'no network "{shown(value)}" to delete')
        else:
            network = _network(words, key)
            if network in self.networks:
                words.report("warn", _duplicate("network", key, value, self.networks[network]))
            self.networks[network] = value

    def _range(self, words: Words, key: bytes, value: bytes) -> None:
        if key == b"default":
            if self.default is not None:
                words.report("warn", f'duplicate default geo range value: "{shown(value)}", old value: "{shown(self.default)}"')
            self.default = value
            return
        text = value if key == b"delete" else key
        span = _span(text)
        if key == b"delete":
            if self.spans.pop(span, None) is None:
                words.report("warn", f'no address range "{shown(text)}" to delete')
            return
        if span in self.spans:
            words.report("warn", _duplicate("range", key, value, self.spans[span]))
        else:
            self._make_room(words, text, span)
        self.spans[span] = value

    def _make_room(self, words: Words, text: bytes, span: tuple[int, int]) -> None:
        """A range may lie within another one, which it then cuts; it may not lie across its end."""
        for known in list(self.spans):
            if span[1] < known[0] or known[1] < span[0]:
                continue
            value = self.spans[known]
            inside = known[0] <= span[0] and span[1] <= known[1]
            around = span[0] <= known[0] and known[1] <= span[1]
            if not inside and not around:
                raise Refused(f'range "{shown(text)}" overlaps "{_text(known)}"')
            if around:
                continue
            del self.spans[known]
            if known[0] < span[0]:
                self.spans[known[0], span[0] - 1] = value
            if span[1] < known[1]:
                self.spans[span[1] + 1, known[1]] = value

    def result(self, source: ComplexValue | None) -> Geo:
        networks = [AddressRange(key.version, key.address, key.last, value) for key, value in self.networks.items()]
        spans = [AddressRange(4, first, last, value) for (first, last), value in self.spans.items()]
        found = sorted((*networks, *spans), key=lambda found: found.last - found.first)
        proxies = tuple(AddressRange(proxy.version, proxy.address, proxy.last, b"") for proxy in self.proxies)
        return Geo(source, self.default or b"", tuple(found), proxies, self.recursive)


def _network(words: Words, text: bytes) -> Network:
    network = Network(4, 0xFFFFFFFF, 32) if text == b"255.255.255.255" else parse_network(text)
    if network is None:
        raise Refused(f'invalid network "{shown(text)}"')
    if network.low_bits:
        words.report("warn", f"low address bits of {shown(text)} are meaningless")
    return Network(network.version, network.address, network.prefix)


def _span(text: bytes) -> tuple[int, int]:
    ends = [parse_ip(end) for end in text.split(b"-")]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0][0] == ends[1][0] == 4:
        first, last = ends[0][1], ends[1][1]
        if first <= last:
            return first, last
    raise Refused(f'invalid range "{shown(text)}"')


def _text(span: tuple[int, int]) -> str:
    return f"{ipaddress.IPv4Address(span[0])}-{ipaddress.IPv4Address(span[1])}"


def _duplicate(what: str, key: bytes, value: bytes, old: bytes) -> str:
    return f'duplicate {what} "{shown(key)}", value: "{shown(value)}", old value: "{shown(old)}"'


class GeoSlot:
    """`[$address] $variable { … }`: a GeoDefinition."""

    description = "variables"

    def parse(self, words: Words) -> GeoDefinition:
        source = None
        if len(words.arguments) == 2:
            source = words.complex_value(b"$" + words.variable_name(words.arguments[0]))
        name = words.variable_name(words.arguments[-1])
        words.define(name)
        lines = _Lines()
        words.each_line(lines.read)
        return GeoDefinition(name.lower(), lines.result(source))


MODULES = (
    Module(
        "geo",
        (
            Directive(
                "geo",
                "geo",
                Context.HTTP,
                GeoSlot(),
                Arguments(1, 2),
                Level.MAIN,
                once=False,
                block=Block.LINES,
                summary="Gives a variable a value that depends on an address.",
            ),
        ),
    ),
)
