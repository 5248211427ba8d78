"""set_real_ip_from with host names: looked up once, when a configuration is set up, as nginx does it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ...config.addresses import Network, parse_network
from ...config.configuration import Http
from ...config.directives.access.realip import RealipLocation

Lookup = Callable[[bytes], list[bytes]]
"""The addresses of a host name."""


def look_up(host: bytes) -> list[bytes]:
    """The addresses the system knows for a host name; none where it knows none."""
    try:
        found = socket.getaddrinfo(os.fsdecode(host), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(address[0]).encode() for *_, address in found]


def trusted_hosts(http: Http, look_up: Lookup = look_up) -> dict[bytes, tuple[Network, ...]]:
    """The addresses of each host that some block trusts."""
    sources = (source for block in http.each(RealipLocation) for source in block.set_real_ip_from)
    hosts = dict.fromkeys(source for source in sources if isinstance(source, bytes))
    return {host: tuple(filter(None, map(parse_network, look_up(host)))) for host in hosts}
