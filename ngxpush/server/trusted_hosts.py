"""set_real_ip_from with host names: looked up once, when a configuration is set up, as nginx does it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace

from ..config.addresses import Network, parse_network
from ..config.configuration import Http
from ..config.directives.realip import RealipLocation

Lookup = Callable[[bytes], list[bytes]]
"""The addresses of a host name."""


def look_up(host: bytes) -> list[bytes]:
    """What the system says of a host name; nothing where it knows none."""
    try:
        found = socket.getaddrinfo(os.fsdecode(host), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(address[0]).encode() for *_, address in found]


def resolve_trusted_hosts(http: Http | None, look_up: Lookup = look_up) -> None:
    """Put the addresses of hosts in the place of their names."""
    for block in () if http is None else http.blocks:
        sources = block.of(RealipLocation).set_real_ip_from
        if any(isinstance(source, bytes) for source in sources):
            block.settings[RealipLocation] = replace(block.of(RealipLocation), set_real_ip_from=_resolved(sources, look_up))


def _resolved(sources: tuple[Network | bytes | None, ...], look_up: Lookup) -> tuple[Network | None, ...]:
    resolved: list[Network | None] = []
    for source in sources:
        if isinstance(source, bytes):
            resolved += [network for network in map(parse_network, look_up(source)) if network is not None]
        else:
            resolved.append(source)
    return tuple(resolved)
