"""The values of map, geo and split_clients: variables computed from others. `http.variables.mapping` looks values up in them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from .address_table import AddressTable
from .complex_value import ComplexValue
from .pattern import Pattern
from .wildcards import Wildcards


class Map(Struct, frozen=True, eq=False):
    """`map source $variable { … }`.

    keys: the plain keys in lower case; they have wildcards only where `hostnames` is given.  patterns: the regular expressions,
    in order.  default: empty where none is written.
    """

    source: ComplexValue
    default: ComplexValue
    keys: Wildcards[ComplexValue] = field(default_factory=Wildcards)
    patterns: tuple[tuple[Pattern, ComplexValue], ...] = ()
    hostnames: bool = False
    volatile: bool = False


class Geo(Struct, frozen=True, eq=False):
    """`geo [$address] $variable { … }`.

    source: None for the client's address.  tables: the values, by the version of the address (4 or 6).  proxies: in the same way
    the trusted addresses, whose X-Forwarded-For counts.
    """

    source: ComplexValue | None
    default: bytes
    tables: Mapping[int, AddressTable]
    proxies: Mapping[int, AddressTable]
    proxy_recursive: bool = False


class SplitClients(Struct, frozen=True, eq=False):
    """`split_clients key $variable { … }`.

    parts: for each part the upper bound of its hashes (exclusive) and its value. The last bound is 2**32 for `*`.
    """

    source: ComplexValue
    parts: tuple[tuple[int, bytes], ...]


class VariableDefinition(Struct, frozen=True):
    """A map, geo or split_clients block: the variable's name, in lower case, and where its values come from."""

    name: bytes
    values: Map | Geo | SplitClients
