"""What a request can ask its connection (`request.ClientConnection`): who its ends are, and what process it is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..access.limit_zone import LimitZones
from ..content.stub_status import Counters
from ..proxy_protocol import ProxyProtocol
from ..request import Request
from ..routing import Listener
from ..serving_process import ServingProcess
from ..tls_facts import ConnectionTls
from .surroundings import Hosting


class ConnectionFacts:
    """The facts of one connection.

    `requests` changes, and, by realip and the PROXY protocol, the client's addresses; `tls` comes with the handshake.
    now: returns seconds since the epoch.  activity: what is done before the first request, in nginx's words for the error log.
    """

    __slots__ = (
        "_hosting",
        "_listener",
        "activity",
        "debugging",
        "expects_tls",
        "now",
        "number",
        "proxy_protocol",
        "remote_addr",
        "remote_port",
        "requests",
        "server_addr",
        "server_port",
        "started",
        "tcp_info",
        "tls",
    )

    def __init__(
        self,
        hosting: Hosting,
        listener: Listener,
        client: tuple[bytes, int],
        server: tuple[bytes, int],
        proxy_protocol: ProxyProtocol | None,
    ) -> None:
        self._hosting = hosting
        self._listener = listener
        self.remote_addr, self.remote_port = client
        self.server_addr, self.server_port = server
        self.proxy_protocol = proxy_protocol
        self.number = hosting.next_connection_number()
        self.debugging = hosting.debugging(client[0])
        self.requests = 0
        self.activity = "waiting for request"
        self.expects_tls = False
        self.tls: ConnectionTls | None = None
        self.now = hosting.now
        self.started = hosting.now()
        self.tcp_info: Callable[[], bytes] | None = None

    @property
    def nginx_version(self) -> bytes:
        return self._hosting.nginx_version

    @property
    def process(self) -> ServingProcess:
        return self._hosting.process

    @property
    def engine(self) -> Any:
        return self._hosting.engine

    @property
    def counters(self) -> Counters:
        return self._hosting.counters

    @property
    def limit_zones(self) -> LimitZones:
        return self._hosting.limit_zones

    def realpath(self, path: bytes) -> bytes:
        return self._hosting.realpath(path)

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        self._hosting.log_error(level, text, self, self._listener, request)
