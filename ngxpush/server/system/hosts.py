"""Host names as the system knows them: nginx asks it for names that stand in the configuration."""

from __future__ import annotations

import socket

Addresses = list[tuple[bytes, bool]]
"""Addresses as text, and whether each is IPv6."""


def look_up(host: str) -> Addresses:
    """The addresses of a host, IPv4 first; none of a kind that this machine does not have itself.

    Raises OSError and UnicodeError for what is no host's name.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    addresses = [(str(sockaddr[0]).encode(), family == socket.AF_INET6) for family, *_, sockaddr in found]
    return sorted(dict.fromkeys(addresses), key=lambda address: address[1])
