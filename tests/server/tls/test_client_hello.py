"""What a ClientHello offers."""

from __future__ import annotations

import ssl

import pytest

from ngxpush.server.tls.client_hello import ClientHello, read_client_hello


def _hello() -> bytes:
    outgoing = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="a.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_ciphers_and_groups() -> None:
    hello = read_client_hello(_hello())
    assert b"\x13\x02" in hello.ciphers and b"\x00\x17" in hello.groups
    assert len(hello.ciphers) % 2 == len(hello.groups) % 2 == 0


def test_what_makes_no_sense_offers_nothing() -> None:
    assert read_client_hello(b"") == read_client_hello(b"GET / HTTP/1.1\r\n" * 9) == ClientHello()
    for size in range(0, 200, 7):
        read_client_hello(_hello()[:size])
