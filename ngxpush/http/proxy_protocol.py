"""The header that a proxy sends before the first request, for `listen … proxy_protocol`: PROXY protocol 1 and 2.

Measured with nginx 1.22.1; recording core_access_proxy/real-ip-proxy-protocol.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ..config.addresses import address_text
from ..numbers import parse_decimal
from .forwarded import ClientAddress, parse_peer

_UNKNOWN = re.compile(rb"PROXY UNKNOWN[^\n]*\r\n")
_TEXT = re.compile(rb"PROXY TCP([46]) ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) ([0-9]{1,5}) ([0-9]{1,5})\r\n")
_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_BINARY_HEAD = 16
_ADDRESS_SIZES = {1: 4, 2: 16}
"""Bytes of an address, by the number of its family in the binary header: IPv4, IPv6."""


class ProxyProtocol(Struct, frozen=True):
    """The addresses of a PROXY header, as written in it: the proxy's client, and the proxy's own address."""

    client: ClientAddress
    server: ClientAddress


class BrokenHeader(Exception):
    """Not a PROXY header. The text is nginx's message."""

    def __init__(self, message: bytes) -> None:
        super().__init__(message)
        self.message = message


def read_header(data: bytes) -> tuple[ProxyProtocol | None, bytes]:
    """Read the header at the beginning of a connection. Returns its addresses, or None if it has none, and the bytes after it.

    Raises BrokenHeader, also for a header that is not whole.
    """
    if data.startswith(_SIGNATURE):
        return _read_binary(data)
    unknown = _UNKNOWN.match(data)
    if unknown is not None:
        return None, data[unknown.end() :]
    line = _TEXT.match(data)
    if line is not None:
        client, server = _peer(line[2], line[4]), _peer(line[3], line[5])
        if client is not None and server is not None:
            return ProxyProtocol(client, server), data[line.end() :]
    raise BrokenHeader(b'broken header: "%b"' % data)


def _peer(address: bytes, port_text: bytes) -> ClientAddress | None:
    port = parse_decimal(port_text)
    known = parse_peer(address)
    return None if known is None or known.port or port is None or port > 65535 else ClientAddress(address, port)


def _read_binary(data: bytes) -> tuple[ProxyProtocol | None, bytes]:
    if len(data) < _BINARY_HEAD:
        raise BrokenHeader(b'broken header: "%b"' % data)
    version, command = divmod(data[12], 16)
    if version != 2:
        raise BrokenHeader(b"unknown PROXY protocol version: %d" % version)
    family, transport = divmod(data[13], 16)
    end = _BINARY_HEAD + int.from_bytes(data[14:16], "big")
    if end > len(data):
        raise BrokenHeader(b"header is too large")
    rest = data[end:]
    size = _ADDRESS_SIZES.get(family)
    # Only a stream that the proxy opened for a client has addresses.
    if command != 1 or transport != 1 or size is None or end - _BINARY_HEAD < 2 * size + 4:
        return None, rest
    addresses = data[_BINARY_HEAD:end]
    client, server, ports = addresses[:size], addresses[size : 2 * size], addresses[2 * size :]
    return ProxyProtocol(_binary_peer(client, ports[:2]), _binary_peer(server, ports[2:4])), rest


def _binary_peer(address: bytes, port: bytes) -> ClientAddress:
    return ClientAddress(address_text(address), int.from_bytes(port, "big"))
