"""PROXY headers, as measured with nginx 1.22.1."""

from __future__ import annotations

import pytest

from ngxpush.http.forwarded import ClientAddress
from ngxpush.http.proxy_protocol import BrokenHeader, ProxyProtocol, read_header
from tests.http.serving import Site

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_ADDRESSES = b"\x01\x02\x03\x04\x05\x06\x07\x08\x00\x50\x01\x01"


@pytest.mark.parametrize(
    ("header", "client", "server"),
    [
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\n", ClientAddress(b"1.2.3.4", 11), ClientAddress(b"5.6.7.8", 22)),
        (b"PROXY TCP6 ::1 ABCD::2 011 0\r\n", ClientAddress(b"::1", 11), ClientAddress(b"ABCD::2", 0)),
        (_SIGNATURE + b"\x21\x11\x00\x0c" + _ADDRESSES, ClientAddress(b"1.2.3.4", 80), ClientAddress(b"5.6.7.8", 257)),
        (
            _SIGNATURE + b"\x21\x21\x00\x24" + bytes(15) + b"\1" + bytes(15) + b"\2\x00\x50\x01\x01",
            ClientAddress(b"::1", 80),
            ClientAddress(b"::2", 257),
        ),
    ],
)
def test_a_header_with_addresses(header: bytes, client: ClientAddress, server: ClientAddress) -> None:
    assert read_header(header + b"GET") == (ProxyProtocol(client, server), b"GET")


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN what ever\r\n",
        _SIGNATURE + b"\x20\x11\x00\x0c" + _ADDRESSES,  # from the proxy itself
        _SIGNATURE + b"\x21\x31\x00\x0c" + _ADDRESSES,  # a unix socket
    ],
)
def test_a_header_that_says_nothing(header: bytes) -> None:
    assert read_header(header + b"GET") == (None, b"GET")


@pytest.mark.parametrize(
    "header",
    [
        b"GET / HTTP/1.1\r\n",
        b"PROXY TCP4 1.2.3.4",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 11\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 11 99999\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 11 22\n",
        b"PROXY TCP9 1.2.3.4 5.6.7.8 11 22\r\n",
        b"PROXY TCP4 x 5.6.7.8 11 22\r\n",
        _SIGNATURE + b"\x21",
    ],
)
def test_a_broken_header(header: bytes) -> None:
    with pytest.raises(BrokenHeader) as raised:
        read_header(header)
    assert raised.value.message == b'broken header: "%b"' % header


def test_another_version() -> None:
    with pytest.raises(BrokenHeader) as raised:
        read_header(_SIGNATURE + b"\x11\x11\x00\x0c" + _ADDRESSES)
    assert raised.value.message == b"unknown PROXY protocol version: 1"


def test_variables() -> None:
    text = "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port"
    site = Site(f'server {{ location / {{ return 200 "{text}"; }} }}')
    assert site.get("/") == (200, "   ")
    header, _ = read_header(b"PROXY TCP4 1.2.3.4 5.6.7.8 11 0\r\n")
    site.proxy_protocol = header
    assert site.get("/") == (200, "1.2.3.4 11 5.6.7.8 ")
