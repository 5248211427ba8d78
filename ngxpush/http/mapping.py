"""map, geo and split_clients: variables worked out from others."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ..config.mapping import AddressRange, Geo, Map, SplitClients
from .request import Request
from .variables import evaluate, run_pattern

# A geo address that can't be read counts as this one.
_UNREADABLE = (4, 0xFFFFFFFF)


def map_value(request: Request, definition: Map) -> bytes:
    """The value of a map's variable: plain keys first, then the regular expressions in order, then the default.

    A regular expression that matches owns the captures afterwards, also outside the map. Recordings: core-map.
    """
    key = evaluate(request, definition.source)
    if definition.hostnames:
        key = key.removesuffix(b".")
        found = definition.keys.find(key.lower())
    else:
        found = definition.keys.exact.get(key.lower())
    if found is None and key:
        for pattern, value in definition.patterns:
            if run_pattern(request, pattern, key):
                found = value
                break
    return evaluate(request, definition.default if found is None else found)


def geo_value(request: Request, definition: Geo) -> bytes:
    """The value of a geo's variable, by the narrowest network that holds the address. Recordings: core-geo."""
    text = request.connection.remote_addr if definition.source is None else evaluate(request, definition.source)
    address = parse_address(text)
    if definition.proxies:
        address = forwarded_address(
            address, request.headers.get_all(b"x-forwarded-for"), definition.proxies, definition.proxy_recursive
        )
    version, number = address or _UNREADABLE
    found = _lookup(definition.ranges, version, number)
    return definition.default if found is None else found.value


def _lookup(ranges: Iterable[AddressRange], version: int, number: int) -> AddressRange | None:
    for candidate in ranges:
        if candidate.first <= number <= candidate.last and candidate.version == version:
            return candidate
    return None


Address = tuple[int, int]
"""The version, 4 or 6, and the address as a number."""


def parse_address(text: bytes) -> Address | None:
    """Read an IPv4 or IPv6 address; an IPv4 one inside IPv6 counts as IPv4. Leading zeros are decimal, as nginx reads them."""
    if b":" in text:
        try:
            address = ipaddress.IPv6Address(text.decode("latin-1"))
        except ValueError:
            return None
        mapped = address.ipv4_mapped
        return (6, int(address)) if mapped is None else (4, int(mapped))
    fields = text.split(b".")
    if len(fields) != 4 or not all(field.isdigit() and int(field) < 256 for field in fields):
        return None
    return 4, int.from_bytes(bytes(int(field) for field in fields), "big")


def forwarded_address(
    address: Address | None, headers: list[bytes], proxies: tuple[AddressRange, ...], recursive: bool
) -> Address | None:
    """The client behind trusted proxies: the last address of X-Forwarded-For, or the last untrusted one when `recursive`."""
    hops = [hop for header in headers for hop in header.replace(b",", b" ").split(b" ") if hop]
    while hops and address is not None and _lookup(proxies, *address) is not None:
        hop = _parse_address_port(hops.pop())
        if hop is None:
            break
        address = hop
        if not recursive:
            break
    return address


def _parse_address_port(text: bytes) -> Address | None:
    """An address that may have a port behind it: `10.0.0.1:80`, `[::1]:80`."""
    if text.startswith(b"["):
        text = text[1:].partition(b"]")[0]
    elif text.count(b":") == 1:
        text = text.partition(b":")[0]
    return parse_address(text)


def split_clients_value(request: Request, definition: SplitClients) -> bytes | None:
    """The part the hash of the key falls into; None when the parts leave room and it falls there."""
    number = murmur_hash2(evaluate(request, definition.source))
    for bound, value in definition.parts:
        if number < bound:
            return value
    return None


def murmur_hash2(data: bytes) -> int:
    """MurmurHash2, 32 bits, seed 0: what nginx hashes split_clients' keys with."""
    multiplier = 0x5BD1E995
    mixed = len(data)
    whole = len(data) & ~3
    for position in range(0, whole, 4):
        word = int.from_bytes(data[position : position + 4], "little") * multiplier & 0xFFFFFFFF
        word = (word ^ word >> 24) * multiplier & 0xFFFFFFFF
        mixed = mixed * multiplier & 0xFFFFFFFF ^ word
    if len(data) > whole:
        mixed = (mixed ^ int.from_bytes(data[whole:], "little")) * multiplier & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 13) * multiplier & 0xFFFFFFFF
    return mixed ^ mixed >> 15
