"""Carries the bytes of one client's connection: the event loop on one side, `http.connection` on the other.

It fulfils the wishes of the connection (reading, the deadline, closing), and watches what only a transport can see: whether the
client takes what is sent within send_timeout, and whether limit_rate allows more to be sent.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any, Protocol, cast

from ...http.connection import events
from ...http.connection.connection import Connection
from ...http.connection.surroundings import Hosting
from ...http.limit_rate import Rate
from ...http.proxy_protocol import BrokenHeader, read_header
from ...http.routing import Listener
from .deadline import Deadline
from .paced import PacedWriter

# Bytes that wait in this process for one client: above the first number it counts as one that does not read, above the second
# it is dropped at once.
_UNSENT_MARK = 16 * 1024
_MOST_UNSENT = 64 * 1024 * 1024


class ClientHost(Hosting, Protocol):
    """The process that accepts clients.

    connections: those that are open.  accepted: how many it has accepted so far.
    """

    loop: asyncio.AbstractEventLoop
    connections: set[ClientTransport]
    accepted: int


class ClientTransport(asyncio.Protocol):
    """The loop's protocol of one client, and the `http.connection.surroundings.Transport` of its connection.

    write: sends bytes, now or when limit_rate allows it. It is an attribute, so that without limit_rate the caller reaches the
    loop's transport directly.
    """

    __slots__ = (
        "_deadline",
        "_host",
        "_listener",
        "_paced",
        "_send_timer",
        "_transport",
        "_unsent_before",
        "connection",
        "write",
    )

    connection: Connection
    write: Callable[[bytes], None]

    def __init__(self, host: ClientHost, listener: Listener) -> None:
        self._host = host
        self._listener = listener
        self._deadline = Deadline(host.loop)
        self._paced: PacedWriter | None = None
        self._send_timer: asyncio.TimerHandle | None = None
        self._unsent_before = 0

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have asyncio's methods but not its classes
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_UNSENT_MARK)
        self.write = self._transport.write
        client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.connection = Connection(self._host, self, self._listener, _address(client), _address(server))
        self._host.connections.add(self)
        self._host.accepted += 1
        if client is None and self._listener.listen.path is None:
            # It has reset the connection already, and its address is lost with it. No rule may judge it by another address.
            self.abort()
            events.lost(self.connection)
        else:
            self.fulfil()

    def data_received(self, data: bytes) -> None:
        events.receive(self.connection, data)

    def eof_received(self) -> bool:
        events.end_of_input(self.connection)
        return True  # the connection decides when to close

    def connection_lost(self, error: Exception | None) -> None:
        self._host.connections.discard(self)
        self._deadline.cancel()
        self._stop_send_timer()
        events.lost(self.connection, reset=isinstance(error, ConnectionResetError))

    def pause_writing(self) -> None:
        """The client reads too slowly: from now on send_timeout counts."""
        self._unsent_before = self.unsent
        if self._unsent_before > _MOST_UNSENT:
            self.abort()
        elif self._send_timer is None:
            timeout = self.connection.settings.send_timeout / 1000
            self._send_timer = self._host.loop.call_later(timeout, self._not_taken)

    def resume_writing(self) -> None:
        """The client has read on."""
        self._stop_send_timer()
        events.output_taken(self.connection)

    # http.connection.surroundings.Transport

    def fulfil(self) -> None:
        """Read on or pause, and set the timer, as the connection wishes."""
        connection, transport = self.connection, self._transport
        if connection.wants_bytes is not transport.is_reading() and not transport.is_closing():
            if connection.wants_bytes:
                transport.resume_reading()
            else:
                transport.pause_reading()
        if connection.deadline != self._deadline.at:
            self._deadline.move(connection.deadline, self._time_is_up)

    @property
    def is_paced(self) -> bool:
        return bool(self._paced)

    @property
    def is_behind(self) -> bool:
        return self._send_timer is not None

    def pace(self, rate: Rate) -> None:
        self._paced = PacedWriter(self._host.loop, rate, self._transport.write, self.connection.now, self._paced_out)
        self.write = self._paced.write

    def end_pace(self) -> int:
        paced, self._paced = self._paced, None
        self.write = self._transport.write
        if paced is None:
            return 0
        held = len(paced)
        paced.cancel()
        return held

    def half_close(self) -> None:
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    # for the worker

    @property
    def unsent(self) -> int:
        """Bytes that wait in this process for the client to read on."""
        return self._transport.get_write_buffer_size()

    def _time_is_up(self) -> None:
        events.time_is_up(self.connection)

    def _paced_out(self) -> None:
        events.output_taken(self.connection)

    def _not_taken(self) -> None:
        """send_timeout is over. It begins again if the client has taken something meanwhile."""
        self._send_timer = None
        if self.unsent < self._unsent_before:
            self.pause_writing()
        else:
            events.output_stuck(self.connection)

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


class ProxyHeader(asyncio.Protocol):
    """The protocol of a connection that has to begin with a PROXY header, until the header has come."""

    def __init__(self, client: ClientTransport) -> None:
        self._client = client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._client.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        connection = self._client.connection
        try:
            connection.proxy_protocol, rest = read_header(data)
        except BrokenHeader as broken:
            connection.log("error", broken.message + b" while reading PROXY protocol")
            self._client.close()
            return
        self._transport.set_protocol(self._client)
        if rest:
            self._client.data_received(rest)

    def eof_received(self) -> bool:
        return self._client.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._client.connection_lost(error)


def make_protocol(host: ClientHost, listener: Listener) -> asyncio.Protocol:
    """The protocol of a connection that was just accepted."""
    client = ClientTransport(host, listener)
    return ProxyHeader(client) if "proxy_protocol" in dict(listener.listen.options) else client


def _address(name: Any) -> tuple[bytes, int]:
    """The text and the port of a socket's name; `unix:` with its path for a unix socket."""
    if isinstance(name, tuple):
        return name[0].encode(), name[1]
    return b"unix:" + os.fsencode(name or ""), 0
