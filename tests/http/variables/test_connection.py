"""Variables of the connection and of the process."""

from __future__ import annotations

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
