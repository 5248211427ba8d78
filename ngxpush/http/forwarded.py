"""Client addresses that proxies report in X-Forwarded-For and similar headers, for geo and realip."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from ..config.addresses import address_text, parse_ipv4, parse_ipv6
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

    An IPv4 address inside IPv6 counts as IPv4.
    """
    if b":" in text:
        address = parse_ipv6(text)
        if address is None:
            return None
        mapped = address.ipv4_mapped
        return (6, int(address)) if mapped is None else (4, int(mapped))
    number = parse_ipv4(text)
    return None if number is None else (4, number)


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
    if b":" in text:
        ipv6 = parse_ipv6(text)
        return None if ipv6 is None else address_text(ipv6.packed)
    ipv4 = parse_ipv4(text)
    return None if ipv4 is None else address_text(ipv4.to_bytes(4, "big"))


def forwarded_peer(
    peer: ClientAddress, headers: Iterable[bytes], trusted: Callable[[bytes], bool], recursive: bool
) -> ClientAddress:
    """The client of trusted proxies: the last address of `headers`, or with `recursive` the last one that is not trusted.

    peer: the address that is connected.  trusted: whether headers from an address are believed.
    """
    hops = [hop for header in headers for hop in _hops(header)]
    while hops and trusted(peer.text):
        hop = parse_peer(hops.pop())
        if hop is None:
            break
        peer = hop
        if not recursive:
            break
    return peer


def _hops(header: bytes) -> list[bytes]:
    """The addresses of a header, of which an empty one has one. A separator that is the first byte belongs to the address."""
    spaced = header[:1] + header[1:].replace(b",", b" ")
    return [hop for hop in spaced.split(b" ") if hop] or [b""]
