"""Carries the bytes of one client's connection: the event loop on one side, `http.connection` on the other.

It fulfils the wishes of the connection (reading, the deadline, closing), and watches what only a transport can see: whether the
client takes what is sent within send_timeout, and whether limit_rate allows more to be sent.

Of what is sent the loop's transport gets only what the system takes at once, and a little more. From then on the client counts
as behind, until it has taken everything: what is sent meanwhile waits in a `Backlog`, send_timeout counts, and is counted anew
whenever the client takes something, however little. What waits for one client is bounded, also after the connection was closed.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Any, Protocol, cast

from ...http.connection.connection import Connection
from ...http.connection.surroundings import MOST_WAITING, Hosting
from ...http.limit_rate import Rate
from ...http.routing import Listener
from ..system.allocator import Allocator
from .backlog import Backlog
from .deadline import Deadline
from .machines import Events, Machine, begin_machine, go_on_with_http2
from .paced import PacedWriter
from .worker_connections import WorkerConnections

# Bytes that the loop's transport keeps for a client until the client counts as behind.
_UNSENT_MARK = 16 * 1024

# Bytes that are given to the loop's transport at once when the client has read on.
_PORTION = 64 * 1024

# Bytes: when more than this is dropped, the memory goes back to the system.
_MUCH = 1024 * 1024

# How often within send_timeout is looked whether the client has taken something.
_LOOKS = 4


class ClientHost(Hosting, Protocol):
    """The process that accepts clients.

    connections: those that are open.  accepted: how many it has accepted so far.  handled: how many of them it did not have to
    close at once.  slots: the connections it may have open.
    """

    allocator: Allocator

    loop: asyncio.AbstractEventLoop
    connections: set[ClientTransport]
    accepted: int
    handled: int
    slots: WorkerConnections


class ClientTransport(asyncio.Protocol):
    """The loop's protocol of one client, and the `http.connection.surroundings.Transport` of its connection.

    connection, events: the machine of its protocol.
    write: sends bytes, now, or when limit_rate allows it, or when the client has read on. It is an attribute, so that usually the
    caller reaches the loop's transport directly.
    """

    __slots__ = (
        "_at_end",
        "_backlog",
        "_deadline",
        "_host",
        "_listener",
        "_looks",
        "_paced",
        "_send_timer",
        "_transport",
        "_unsent_before",
        "connection",
        "events",
        "write",
    )

    connection: Machine
    events: Events
    write: Callable[[bytes], None]

    def __init__(self, host: ClientHost, listener: Listener) -> None:
        self._host = host
        self._listener = listener
        self._deadline = Deadline(host.loop)
        self._paced: PacedWriter | None = None
        # None: the client is not behind.
        self._backlog: Backlog | None = None
        # What is to be done when the backlog is sent: close the connection, or its sending side.
        self._at_end: Callable[[], None] | None = None
        self._send_timer: asyncio.TimerHandle | None = None
        self._unsent_before = self._looks = 0

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have asyncio's methods but not its classes
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_UNSENT_MARK, low=0)
        self.write = self._transport.write
        self._host.accepted += 1
        if not self._host.slots.make_room():
            self._host.slots.refuse(self._transport)
            return
        client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.events, self.connection = begin_machine(self._host, self, self._listener, _address(client), _address(server))
        if self._listener.listen.path is None:
            self.connection.facts.tcp_info = self.tcp_info
        self._host.connections.add(self)
        self._host.handled += 1
        if client is None and self._listener.listen.path is None:
            # It has reset the connection already, and its address is lost with it. No rule may judge it by another address.
            self.abort()
            self.events.lost(self.connection)
        else:
            self.fulfil()

    def tcp_info(self) -> bytes:
        """What Linux knows of the connection. Raises OSError, on other systems always."""
        if sys.platform != "linux":
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        info: bytes = self._transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        return info

    def data_received(self, data: bytes) -> None:
        self.events.receive(self.connection, data)

    def eof_received(self) -> bool:
        self.events.end_of_input(self.connection)
        return True  # the connection decides when to close

    def connection_lost(self, error: Exception | None) -> None:
        self._host.connections.discard(self)
        self._deadline.cancel()
        self.events.lost(self.connection, reset=isinstance(error, ConnectionResetError))
        self._end_backlog()

    def pause_writing(self) -> None:
        """The client reads too slowly: from now on what is sent waits, and send_timeout counts."""
        if self._backlog is None:
            self._backlog = Backlog()
            self._choose_write()
        self._stop_send_timer()
        self._looks = 0
        self._await_reading()

    def resume_writing(self) -> None:
        """The client has taken everything that the loop's transport had."""
        backlog = self._backlog
        if backlog is None:
            return
        self._stop_send_timer()
        while backlog.size and self._send_timer is None:  # `pause_writing` sets it
            self._transport.write(backlog.take(_PORTION))
        if self._send_timer is None:
            self._end_backlog()
            self._choose_write()
            at_end, self._at_end = self._at_end, None
            if at_end is not None:
                at_end()
            self.events.output_taken(self.connection)

    def use_transport(self, transport: asyncio.Transport) -> None:
        """Send by another transport from now on: TLS in front of the loop's own."""
        self._transport = transport
        self._choose_write()

    def speak_http2(self) -> None:
        """Go on with HTTP/2: TLS has agreed on it."""
        self.events, self.connection = go_on_with_http2(cast(Connection, self.connection))
        self.fulfil()

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
        return self._backlog is not None

    def pace(self, rate: Rate) -> None:
        self._paced = PacedWriter(self._host.loop, rate, self._send, self.connection.facts.now, self._paced_out, self.overflown)
        self._choose_write()

    def end_pace(self) -> int:
        paced, self._paced = self._paced, None
        if paced is None:
            return 0
        held = len(paced)
        paced.cancel()
        self._choose_write()
        return held

    def half_close(self) -> None:
        if self._transport.can_write_eof():
            self._after_output(self._transport.write_eof)

    def close(self) -> None:
        self._after_output(self._close)

    def abort(self) -> int:
        dropped = self.unsent
        self._end_backlog()
        self._transport.abort()
        return dropped

    # for the worker

    @property
    def unsent(self) -> int:
        """Bytes that wait in this process for the client to read on."""
        waiting = 0 if self._backlog is None else self._backlog.size
        return waiting + self._transport.get_write_buffer_size()

    # What waits to be sent

    def _choose_write(self) -> None:
        """Set `write` by what is the case, here and where the connection keeps it."""
        if self._paced is not None:
            self.write = self._paced.write
        else:
            self.write = self._transport.write if self._backlog is None else self._wait
        self.connection.use_write()

    def _send(self, data: bytes) -> None:
        """Send what limit_rate allows."""
        if self._backlog is None:
            self._transport.write(data)
        else:
            self._wait(data)

    def _wait(self, data: bytes) -> None:
        """Let bytes wait until the client reads on."""
        backlog = self._backlog
        if backlog is None:
            return  # the connection is gone
        if backlog.is_full:
            self.overflown()
        else:
            backlog.add(data)

    def overflown(self) -> None:
        """Too much waits: drop the client."""
        if not self._transport.is_closing():
            self.events.output_overflown(self.connection, MOST_WAITING)
            self.abort()

    def _after_output(self, act: Callable[[], None]) -> None:
        """Do something when the backlog is sent."""
        if self._backlog is not None and self._backlog.size:
            self._at_end = act
        else:
            act()

    def _close(self) -> None:
        """Close. The loop's transport still sends what it has: send_timeout counts for the last byte, too."""
        if self._transport.get_write_buffer_size() and not self._transport.is_closing():
            self._transport.set_write_buffer_limits(high=0)
        self._transport.close()

    def _end_backlog(self) -> None:
        self._stop_send_timer()
        if self._backlog is not None:
            if self._backlog.size > _MUCH:
                self._host.allocator.much_is_free()
            self._backlog.clear()
            self._backlog = None

    # Timers

    def _time_is_up(self) -> None:
        self.events.time_is_up(self.connection)

    def _paced_out(self) -> None:
        self.events.output_taken(self.connection)

    def _await_reading(self) -> None:
        """Look after a part of send_timeout whether the client has taken something."""
        self._unsent_before = self._transport.get_write_buffer_size()
        timeout = self.connection.settings.send_timeout / 1000
        self._send_timer = self._host.loop.call_later(timeout / _LOOKS, self._look)

    def _look(self) -> None:
        taken = self._transport.get_write_buffer_size() != self._unsent_before
        self._looks = 0 if taken else self._looks + 1
        if self._looks < _LOOKS:
            self._await_reading()
        else:
            self._send_timer = None
            self.events.output_stuck(self.connection)

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None


def _address(name: Any) -> tuple[bytes, int]:
    """The text and the port of a socket's name; `unix:` with its path for a unix socket."""
    if isinstance(name, tuple):
        return name[0].encode(), name[1]
    return b"unix:" + os.fsencode(name or ""), 0
