"""A listening socket of one worker, in the event loop."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

from ...http.routing import Listener
from .client_transport import ClientHost
from .opening import make_protocol


def _keeping(bound: socket.socket) -> dict[str, Any]:
    """Has the path of a unix socket stay when a server is closed: other processes go on with it. Python 3.13 removes it."""
    return {"cleanup_socket": False} if bound.family == socket.AF_UNIX and sys.version_info >= (3, 13) else {}


class Site:
    """A bound socket whose connections this process accepts."""

    def __init__(self, host: ClientHost, listener: Listener, bound: socket.socket, backlog: int) -> None:
        self._host = host
        self._listener = listener
        self._socket = bound
        self._backlog = backlog
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
        loop = asyncio.get_running_loop()
        create = loop.create_unix_server if self._socket.family == socket.AF_UNIX else loop.create_server
        self._server = await create(self._protocol, sock=self._socket, backlog=self._backlog, **_keeping(self._socket))

    def close(self) -> None:
        """Close the socket in this process: accept no connections any more. Those that are open stay."""
        if self._server is not None:
            self._server.close()

    def _protocol(self) -> asyncio.Protocol:
        return make_protocol(self._host, self._listener)
