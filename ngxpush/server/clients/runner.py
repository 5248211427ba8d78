"""aiohttp's runner with our connections: its sites listen, our protocol answers.

aiohttp's own HTTP parser and response writer can't give nginx's bytes (see recordings core_routing/core-protocol: HTTP/0.9,
odd lines, which malformed request gets which answer, header order, a head that waits for the first message), so the protocol
in `client_transport` stands where `aiohttp.web.RequestHandler` usually does.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from aiohttp.web_runner import BaseRunner, BaseSite, SockSite

from ...http.routing import Listener
from .client_transport import ClientHost
from .opening import make_protocol


class ProtocolFactory:
    """The protocol factory of one listening socket, as aiohttp's runner wants it."""

    def __init__(self, host: ClientHost, listener: Listener) -> None:
        self._host = host
        self._listener = listener

    def __call__(self) -> asyncio.Protocol:
        return make_protocol(self._host, self._listener)

    def pre_shutdown(self) -> None:
        """Close the idle connections."""
        for client in list(self._host.connections):
            client.events.leave(client.connection)

    async def shutdown(self, timeout: float | None = None) -> None:
        """Close all others."""
        for client in list(self._host.connections):
            client.abort()


class Runner(BaseRunner):
    """Runs the sites of one listener of one worker."""

    def __init__(self, host: ClientHost, listener: Listener) -> None:
        super().__init__(handle_signals=False)
        self._made = ProtocolFactory(host, listener)

    async def shutdown(self) -> None:
        """Only the connections have to be ended, and ProtocolFactory does that."""

    async def _make_server(self) -> Any:
        return self._made

    async def _cleanup_server(self) -> None:
        """The server object holds nothing."""


class Site(SockSite):
    """A bound socket; unlike aiohttp's own, it may be a unix socket under uvloop, too."""

    def close(self) -> None:
        """Close the socket in this process: accept no connections any more. Those that are open stay."""
        if self._server is not None:
            self._server.close()

    async def start(self) -> None:
        """Begin to accept connections."""
        if self._sock.family != socket.AF_UNIX:
            await super().start()
            return
        await BaseSite.start(self)
        server = self._runner.server
        assert server is not None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(cast(Any, server), sock=self._sock, backlog=self._backlog)
