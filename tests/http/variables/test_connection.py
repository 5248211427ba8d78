"""Variables of the connection and of the process."""

from __future__ import annotations

import sys

from ngxpush.http.forwarded import ClientAddress
from ngxpush.http.proxy_protocol import ProxyProtocol
from ngxpush.http.variables.connection import VARIABLES

from ..fakes import make_request
from ..serving import shown


def test_addresses() -> None:
    assert shown("$remote_addr:$remote_port $server_addr:$server_port") == "127.0.0.1:40000 127.0.0.1:8080"
    assert shown("$connection $connection_requests $nginx_version") == "1 1 1.22.1"


def test_the_address_in_binary() -> None:
    request, connection = make_request()
    binary, _ = VARIABLES[b"binary_remote_addr"]
    assert binary(request) == bytes((127, 0, 0, 1))
    connection.remote_addr = b"unix:"
    assert binary(request) == b"unix:"


def test_the_process() -> None:
    assert shown("$hostname $pid $request_id") == "machine 77 " + "00" * 16


def test_the_proxy_header() -> None:
    request, connection = make_request()
    names = [b"proxy_protocol_" + name for name in (b"addr", b"port", b"server_addr", b"server_port")]
    assert [VARIABLES[name][0](request) for name in names] == [None] * 4
    connection.proxy_protocol = ProxyProtocol(ClientAddress(b"192.0.2.1", 5), ClientAddress(b"10.0.0.1"))
    assert [VARIABLES[name][0](request) for name in names] == [b"192.0.2.1", b"5", b"10.0.0.1", b""]


def test_tcp_info() -> None:
    request, connection = make_request()
    names = [b"tcpinfo_" + name for name in (b"rtt", b"rttvar", b"snd_cwnd", b"rcv_space")]
    assert [VARIABLES[name][0](request) for name in names] == [None] * 4
    numbers = dict(zip((68, 72, 80, 96), (1, 2, 10, 14600), strict=True))
    connection.tcp_info = lambda: b"".join(numbers.get(at, 0).to_bytes(4, sys.byteorder) for at in range(0, 104, 4))
    assert [VARIABLES[name][0](request) for name in names] == [b"1", b"2", b"10", b"14600"]

    def fail() -> bytes:
        raise OSError

    connection.tcp_info = fail
    assert VARIABLES[names[0]][0](request) is None
