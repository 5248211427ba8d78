"""What a ClientHello (RFC 8446, 4.1.2) offers. OpenSSL reads it as well; this is only for $ssl_ciphers and $ssl_curves."""

from __future__ import annotations

from msgspec import Struct

_HANDSHAKE = 22
_CLIENT_HELLO = 1
_SUPPORTED_GROUPS = 10


class ClientHello(Struct, frozen=True):
    """ciphers, groups: their numbers, two bytes each, in the client's order."""

    ciphers: bytes = b""
    groups: bytes = b""


def read_client_hello(record: bytes) -> ClientHello:
    """Read the first record of a connection. One that is cut off or makes no sense offers nothing."""
    if len(record) < 43 or record[0] != _HANDSHAKE or record[5] != _CLIENT_HELLO:
        return ClientHello()
    rest = record[43:]
    _, rest = _vector(rest, 1)
    ciphers, rest = _vector(rest, 2)
    _, rest = _vector(rest, 1)
    extensions, _ = _vector(rest, 2)
    while len(extensions) >= 4:
        kind = int.from_bytes(extensions[:2])
        content, extensions = _vector(extensions[2:], 2)
        if kind == _SUPPORTED_GROUPS:
            return ClientHello(ciphers, _vector(content, 2)[0])
    return ClientHello(ciphers)


def _vector(data: bytes, width: int) -> tuple[bytes, bytes]:
    """Some bytes after their length, which has `width` bytes; and what follows."""
    end = width + int.from_bytes(data[:width])
    return data[width:end], data[end:]
