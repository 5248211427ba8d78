"""Which addresses have a socket of their own: a `*` takes the connections of single addresses on its port, as in nginx."""

from __future__ import annotations

from collections.abc import Container

from .configuration import ListenAddress, ServedAddress

# The parameters of listen that concern the connections, not the socket.
_OF_CONNECTIONS = frozenset(("ssl", "http2", "proxy_protocol"))


def own_sockets(addresses: tuple[ServedAddress, ...]) -> list[ServedAddress]:
    """The addresses that have a socket of their own."""
    keys = {address.listen.key for address in addresses}
    return [address for address in addresses if cover_of(address.listen, keys) is None]


def cover_of(
    listen: ListenAddress, keys: Container[tuple[bytes, int, bytes | None, bool]]
) -> tuple[bytes, int, None, bool] | None:
    """The key of the `*` of the same port whose socket takes an address's connections; None where it has its own."""
    wildcard = (b"::" if listen.ipv6 else b"", listen.port, None, listen.ipv6)
    own_socket = listen.path is not None or any(name not in _OF_CONNECTIONS for name, _ in listen.options)
    return None if own_socket or wildcard == listen.key or wildcard not in keys else wildcard
