"""A connection that leads nowhere: what is written to it is kept."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..config.configuration import ListenAddress
from ..http.access.limit_zone import LimitZones
from ..http.content.push_stream import Engine
from ..http.content.stub_status import Counters
from ..http.proxy_protocol import ProxyProtocol
from ..http.request import BodyReceiver, Request
from ..http.status import OK
from ..server.own_process import own_process
from ..server.subrequests import Subrequests
from .trace import Trace
from .zone import StandingClock

_CLIENT_PORT = 50000
_ANY_ADDRESS = {b"": b"127.0.0.1", b"::": b"::1"}


class SilentConnection:
    """`http.request.Connection` for the one request of `ngxpush explain`.

    written: what the client would have got.  closed: the connection was closed without an (other) answer.
    body: of the request; subrequests: both are set by whoever drives the request.  started_subrequests: those to serve when it
    has gone as far as it can.
    """

    subrequests: Subrequests

    number = 1
    requests = 1
    counters = Counters(1, 1, 1, 0, 1, 0)
    proxy_protocol: ProxyProtocol | None = None

    def __init__(
        self,
        client: bytes,
        listen: ListenAddress,
        trace: Trace,
        clock: StandingClock,
        engine: Engine,
        limit_zones: LimitZones,
        nginx_version: bytes,
    ) -> None:
        self.remote_addr, self.remote_port = client, _CLIENT_PORT
        self.server_addr, self.server_port = _ANY_ADDRESS.get(listen.host, listen.host), listen.port
        if listen.path is not None:
            self.remote_addr, self.remote_port = b"unix:", 0
            self.server_addr, self.server_port = b"unix:" + listen.path, 0
        self.nginx_version = nginx_version
        self.process = own_process()
        self.limit_zones = limit_zones
        self.engine = engine
        self.started = clock.now()
        self.now: Callable[[], float] = clock.now
        self.written = bytearray()
        self.closed = False
        self.body = b""
        self.started_subrequests: list[Request] = []
        self._trace = trace

    def realpath(self, path: bytes) -> bytes:
        return os.path.realpath(path, strict=True)

    def write(self, data: bytes) -> None:
        self.written += data

    def log(self, level: str, text: bytes | str, request: Request | None = None) -> None:
        self._trace.logged.append((level, text.decode("utf-8", "replace") if isinstance(text, bytes) else text))

    def discard_body(self, request: Request) -> int:
        return OK

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        self.subrequests.add(request, ended)
        self.started_subrequests.append(request)

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        receiver.received(self.body, True)

    def pace(self, rate: object) -> None:
        """An explanation does not take its time."""

    def terminate(self, request: Request, status: int) -> None:
        self.closed = True

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """The client of an explanation says nothing more."""

    tunnel = switch_protocols

    def finish(self, request: Request) -> None:
        request.response.complete = True
        if request.parent is not None:
            self.subrequests.finish(request)
