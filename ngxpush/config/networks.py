"""Networks: `10.0.0.0/8`, `2001:db8::/32`, a single address."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass


class InvalidNetwork(ValueError):
    """Text that is no address and no network."""


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses first … last as integers. version: 4 or 6.  low_bits: the text had bits set behind the mask."""

    version: int
    first: int
    last: int
    low_bits: bool = False

    def holds(self, version: int, number: int) -> bool:
        return version == self.version and self.first <= number <= self.last


def parse_network(text: bytes) -> Network:
    """Read a network; raises InvalidNetwork."""
    try:
        network = ipaddress.ip_network(text.decode("ascii"), strict=False)
        address = ipaddress.ip_address(text.partition(b"/")[0].decode("ascii"))
    except ValueError:
        raise InvalidNetwork(text) from None
    first, last = int(network.network_address), int(network.broadcast_address)
    return Network(network.version, first, last, address != network.network_address)
