"""What is in a session of TLS as OpenSSL writes it (ASN.1): version, protocol, cipher, id, master key; others have numbers."""

from __future__ import annotations

from collections.abc import Iterator

_ID = 3
_HOST = 0xA6


def session_id(session: bytes) -> bytes:
    """b"" if it has none."""
    for position, (_, content) in enumerate(_elements(_inside(session))):
        if position == _ID:
            return content
    return b""


def session_host(session: bytes) -> bytes | None:
    """The server name that the client gave when the session began; None without one."""
    return next((_inside(content) for tag, content in _elements(_inside(session)) if tag == _HOST), None)


def _inside(element: bytes) -> bytes:
    return next((content for _, content in _elements(element)), b"")


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags and contents."""
    while len(data) >= 2:
        tag, size, start = data[0], data[1], 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(data[2:start])
        yield tag, data[start : start + size]
        data = data[start + size :]
