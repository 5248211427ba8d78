"""Variables of the connection a request came in on, and of the process that serves it."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable

from ..access import realip
from ..proxy_protocol import ProxyProtocol
from ..request import Request
from .evaluation import Getter


def _binary_remote_addr(request: Request) -> bytes:
    try:
        return ipaddress.ip_address(request.connection.remote_addr.decode("latin-1")).packed
    except ValueError:
        return request.connection.remote_addr


def _port(port: int) -> bytes:
    return b"%d" % port if port else b""


def _connection_time(request: Request) -> bytes:
    return b"%.3f" % max(0.0, request.now - request.connection.started)


def _proxy_protocol(value: Callable[[ProxyProtocol], bytes]) -> Getter:
    """What the PROXY header before the first request said."""

    def get(request: Request) -> bytes | None:
        header = request.connection.proxy_protocol
        return None if header is None else value(header)

    return get, True


def _tcp_info(offset: int) -> Getter:
    """A number of Linux's `struct tcp_info`."""

    def get(request: Request) -> bytes | None:
        read = request.connection.tcp_info
        if read is None:
            return None
        try:
            return b"%d" % int.from_bytes(read()[offset : offset + 4], sys.byteorder)
        except OSError:
            return None

    return get, False


VARIABLES: dict[bytes, Getter] = {
    b"server_addr": (lambda request: request.connection.server_addr, True),
    b"server_port": (lambda request: _port(request.connection.server_port), True),
    b"remote_addr": (lambda request: request.connection.remote_addr, True),
    b"remote_port": (lambda request: _port(request.connection.remote_port), True),
    b"binary_remote_addr": (_binary_remote_addr, True),
    b"connection": (lambda request: b"%d" % request.connection.number, True),
    b"connection_time": (_connection_time, False),
    b"connection_requests": (lambda request: b"%d" % request.connection.requests, True),
    b"nginx_version": (lambda request: request.connection.nginx_version, True),
    b"hostname": (lambda request: request.connection.process.hostname, True),
    b"pid": (lambda request: b"%d" % request.connection.process.pid, True),
    b"connections_active": (lambda request: b"%d" % request.connection.counters.active, False),
    b"connections_reading": (lambda request: b"%d" % request.connection.counters.reading, False),
    b"connections_waiting": (lambda request: b"%d" % request.connection.counters.waiting, False),
    b"connections_writing": (lambda request: b"%d" % request.connection.counters.writing, False),
    b"proxy_protocol_addr": _proxy_protocol(lambda header: header.client.text),
    b"proxy_protocol_port": _proxy_protocol(lambda header: _port(header.client.port)),
    b"proxy_protocol_server_addr": _proxy_protocol(lambda header: header.server.text),
    b"proxy_protocol_server_port": _proxy_protocol(lambda header: _port(header.server.port)),
    b"tcpinfo_rtt": _tcp_info(68),
    b"tcpinfo_rttvar": _tcp_info(72),
    b"tcpinfo_snd_cwnd": _tcp_info(80),
    b"tcpinfo_rcv_space": _tcp_info(96),
    b"realip_remote_addr": (realip.realip_remote_addr, True),
    b"realip_remote_port": (realip.realip_remote_port, True),
}
