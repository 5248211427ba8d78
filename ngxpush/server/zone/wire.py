"""A connection between two processes of the server, on asyncio's side of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import cast


class Wire(asyncio.Protocol):
    """One end of such a connection. What comes before `begin` is kept for it."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._received: Callable[[bytes], None] | None = None
        self._lost: Callable[[], None] = lambda: None
        self._early = b""
        self._closed = False

    def begin(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        """Call `received` with what comes, and `lost` when the other side is gone or this side has closed."""
        self._received, self._lost = received, lost
        if self._early:
            received(self._early)
        if self._closed:
            lost()

    def close(self) -> None:
        """Close this end, and take nothing more from the other. The other side learns of it whoever else has this socket."""
        self._received = lambda data: None
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self.transport.close()

    def write(self, data: bytes) -> None:
        """Send bytes. What no one is there to read is dropped: the other side may go at any moment, and `lost` says so later."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.WriteTransport, they only look like one.
        self.transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        if self._received is None:
            self._early += data
        else:
            self._received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        if self._received is not None:
            self._lost()


async def connect(end: socket.socket) -> Wire:
    """A Wire over this end of a socketpair."""
    end.setblocking(False)
    _, wire = await asyncio.get_running_loop().create_unix_connection(lambda: Wire(end), sock=end)
    return wire
