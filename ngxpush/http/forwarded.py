"""Client addresses that proxies report in X-Forwarded-For and similar headers, for geo and realip."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable

from msgspec import Struct

from ..numbers import parse_decimal

NumericAddress = tuple[int, int]
"""The version, 4 or 6, and the address as a number."""


class ClientAddress(Struct, frozen=True):
    """An address as nginx writes it, and a port (0 where none is known)."""

    text: bytes
    port: int = 0

    @property
    def shown(self) -> bytes:
        """The address with its port, if it has one, as nginx shows it: IPv6 in brackets before a port."""
        if not self.port:
            return self.text
        return b"%b:%d" % (b"[%b]" % self.text if b":" in self.text else self.text, self.port)


def parse_address(text: bytes) -> NumericAddress | None:
    """Parse an IPv4 or IPv6 address; None for anything else.

    An IPv4 address inside IPv6 counts as IPv4. As in nginx a number with leading zeros is decimal.
    """
    if b":" in text:
        address = _parse_ipv6(text)
        if address is None:
            return None
        mapped = address.ipv4_mapped
        return (6, int(address)) if mapped is None else (4, int(mapped))
    fields = text.split(b".")
    numbers = [parse_decimal(field) for field in fields]
    if len(numbers) != 4 or not all(number is not None and number < 256 for number in numbers):
        return None
    return 4, int.from_bytes(bytes(number or 0 for number in numbers), "big")


def _parse_ipv6(text: bytes) -> ipaddress.IPv6Address | None:
    try:
        return ipaddress.IPv6Address(text.decode("latin-1"))
    except ValueError:
        return None


def parse_peer(text: bytes) -> ClientAddress | None:
    """Parse an address with or without a port: `10.0.0.1`, `10.0.0.1:80`, `::1`, `[::1]:80`. Brackets need a port."""
    alone = _canonical(text)
    if alone is not None:
        return ClientAddress(alone)
    if text.startswith(b"["):
        host, _, rest = text[1:].partition(b"]")
        colon, port_text = rest[:1], rest[1:]
    else:
        host, colon, port_text = text.partition(b":")
    port = parse_decimal(port_text) if colon == b":" else None
    address = _canonical(host)
    if address is None or port is None or not 1 <= port <= 65535:
        return None
    return ClientAddress(address, port)


def _canonical(text: bytes) -> bytes | None:
    """An address as nginx writes it; None for anything else."""
    if b":" not in text:
        address = parse_address(text)
        return None if address is None else str(ipaddress.IPv4Address(address[1])).encode()
    parsed = _parse_ipv6(text)
    if parsed is None:
        return None
    number = int(parsed)
    high, low = number >> 32, number & 0xFFFFFFFF
    if high == 0xFFFF or (high == 0 and low > 0xFFFF):
        # An IPv4 address inside an IPv6 one.
        return b"%b%b" % (b"::ffff:" if high else b"::", str(ipaddress.IPv4Address(low)).encode())
    return str(parsed).encode()


def forwarded_peer(
    peer: ClientAddress, headers: Iterable[bytes], trusted: Callable[[bytes], bool], recursive: bool
) -> ClientAddress:
    """The client of trusted proxies: the last address of `headers`, or with `recursive` the last one that is not trusted.

    peer: the address that is connected.  trusted: whether headers from an address are believed.
    """
    hops = [hop for header in headers for hop in header.replace(b",", b" ").split() or [b""]]
    while hops and trusted(peer.text):
        hop = parse_peer(hops.pop())
        if hop is None:
            break
        peer = hop
        if not recursive:
            break
    return peer
