"""map, geo and split_clients: variables computed from others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ...config.address_table import AddressTable
from ...config.complex_value import ComplexValue
from ...config.mapping import Geo, Map, SplitClients
from ...config.pattern import PatternFailed
from ..forwarded import ClientAddress, forwarded_peer, parse_address
from ..request import Request
from .evaluation import evaluate, run_pattern

# A geo address that can't be parsed counts as this one.
_UNREADABLE = (4, 0xFFFFFFFF)


def map_value(request: Request, definition: Map) -> bytes:
    """The value of a map's variable: plain keys first, then the regular expressions in order, then the default.

    A regular expression that matches sets the captures, also outside the map. Recordings: core-map.
    """
    key = evaluate(request, definition.source)
    if definition.hostnames:
        key = key.removesuffix(b".")
        found = definition.keys.find(key.lower())
    else:
        found = definition.keys.exact.get(key.lower())
    if found is None and key:
        found = _by_pattern(request, definition, key)
    return evaluate(request, definition.default if found is None else found)


def _by_pattern(request: Request, definition: Map, key: bytes) -> ComplexValue | None:
    """The value of the first regular expression that matches. One that fails ends the search."""
    try:
        return next((value for pattern, value in definition.patterns if run_pattern(request, pattern, key)), None)
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        return None


def geo_value(request: Request, definition: Geo) -> bytes:
    """The value of a geo's variable, by the narrowest network that contains the address. Recordings: core-geo."""
    text = request.connection.remote_addr if definition.source is None else evaluate(request, definition.source)
    if definition.proxies:
        headers = request.input.headers.get_all(b"x-forwarded-for")
        text = forwarded_peer(
            ClientAddress(text), headers, partial(_is_among, definition.proxies), definition.proxy_recursive
        ).text
    address = parse_address(text)
    version, number = address or _UNREADABLE
    found = _lookup(definition.tables, version, number)
    return definition.default if found is None else found


def _lookup(tables: Mapping[int, AddressTable], version: int, number: int) -> bytes | None:
    table = tables.get(version)
    return None if table is None else table.find(number)


def _is_among(tables: Mapping[int, AddressTable], text: bytes) -> bool:
    address = parse_address(text)
    return address is not None and _lookup(tables, *address) is not None


def split_clients_value(request: Request, definition: SplitClients) -> bytes | None:
    """The value of the part that contains the hash of the key; None if no part does."""
    number = murmur_hash2(evaluate(request, definition.source))
    for bound, value in definition.parts:
        if number < bound:
            return value
    return None


def murmur_hash2(data: bytes) -> int:
    """MurmurHash2, 32 bits, seed 0: nginx's hash of the keys of split_clients."""
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
