"""debug_connection: the clients whose connections are logged in full. Host names are looked up once, as nginx does it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ...config.addresses import Network, parse_network
from .trusted_hosts import Lookup, look_up

_UNIX = b"unix:"


class DebuggedClients:
    """The clients that some addresses, networks, host names or `unix:` name."""

    def __init__(self, names: Iterable[bytes], look_up: Lookup = look_up) -> None:
        self._unix = False
        self._networks: list[Network] = []
        for name in names:
            network = parse_network(name)
            if name == _UNIX:
                self._unix = True
            elif network is not None:
                self._networks.append(network)
            else:
                self._networks += filter(None, map(parse_network, look_up(name)))

    def has(self, client: bytes) -> bool:
        """Whether a client is one of them. client: its address, or `unix:`."""
        if client == _UNIX:
            return self._unix
        if not self._networks:
            return False
        address = ipaddress.ip_address(client.decode())
        return any(address.version == network.version and int(address) in network for network in self._networks)
