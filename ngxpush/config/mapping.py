"""Variables worked out from others: what map, geo and split_clients become. `http.mapping` looks values up in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .complex_value import ComplexValue
from .pattern import Pattern
from .wildcards import Wildcards


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """`map source $variable { … }`.

    keys: the plain keys in lower case, with wildcards only where `hostnames` is given.  patterns: the regular expressions in
    order.  default: empty without one.
    """

    source: ComplexValue
    default: ComplexValue
    keys: Wildcards[ComplexValue] = field(default_factory=Wildcards)
    patterns: tuple[tuple[Pattern, ComplexValue], ...] = ()
    hostnames: bool = False
    volatile: bool = False


@dataclass(frozen=True, slots=True)
class AddressRange:
    """Addresses first … last as integers, with the value they give. version: 4 or 6."""

    version: int
    first: int
    last: int
    value: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Geo:
    """`geo [$address] $variable { … }`.

    source: None is the client's address.  ranges: from the narrowest to the widest, so that the first that holds the address is
    the one meant (of two ranges of `ranges` that overlap, the later one splits the earlier).  proxies: trusted addresses, whose
    X-Forwarded-For counts.
    """

    source: ComplexValue | None
    default: bytes
    ranges: tuple[AddressRange, ...] = ()
    proxies: tuple[AddressRange, ...] = ()
    proxy_recursive: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SplitClients:
    """`split_clients key $variable { … }`.

    parts: the upper bound of each part's hashes (exclusive) and its value; the last bound is 2**32 for `*`.
    """

    source: ComplexValue
    parts: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """A map, geo or split_clients block: the variable's name, in lower case, and what gives it its values."""

    name: bytes
    values: Map | Geo | SplitClients
