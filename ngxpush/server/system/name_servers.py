"""The servers of one `resolver`: questions go to them over UDP, and over TCP where an answer did not fit a datagram.

nginx's sockets are made again after an error, and so are these. What fails is logged in its words. Measured with nginx 1.22.1.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from ...config.addresses import Address
from .hosts import look_up

Log = Callable[[str, str], None]
"""Writes a line of that level to the error log."""

Received = Callable[[bytes, bool], None]
"""Takes an answer; True: it has come over TCP."""

_LARGEST = 65536


class NameServer:
    """An address of a server. received: takes what it answers."""

    def __init__(self, loop: asyncio.AbstractEventLoop, host: str, port: int, received: Received, log: Log) -> None:
        self._loop = loop
        self.host = host
        self.port = port
        self._received = received
        self._log = log
        self._socket: socket.socket | None = None
        self._stream: _Stream | None = None

    def send(self, question: bytes) -> bool:
        """Send a question as a datagram. Returns whether it is sent."""
        try:
            if self._socket is None:
                self._socket = self._connect()
        except OSError as error:
            self._failed("connect()", error)
            return False
        try:
            self._socket.send(question)
        except OSError as error:
            self._failed("send()", error)
            self._close(self._socket)
            return False
        return True

    def _connect(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        made = socket.socket(family, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.connect((self.host, self.port))
        except OSError:
            made.close()
            raise
        self._loop.add_reader(made, self._receive, made)
        return made

    def _receive(self, connected: socket.socket) -> None:
        while self._socket is connected:
            try:
                data = connected.recv(_LARGEST)
            except BlockingIOError:
                return
            except OSError as error:
                self._failed("recv()", error)
                self._close(connected)
            else:
                self._received(data, False)

    def _close(self, connected: socket.socket) -> None:
        self._loop.remove_reader(connected)
        connected.close()
        self._socket = None

    def send_over_tcp(self, question: bytes) -> None:
        """Send a question on a connection."""
        if self._stream is None or self._stream.is_closed:
            self._stream = _Stream(self._received, lambda error: self._failed("recv()", error))
            self._stream.connect(self._loop, self.host, self.port)
        self._stream.send(question)

    def _failed(self, call: str, error: OSError) -> None:
        host = f"[{self.host}]" if ":" in self.host else self.host
        reason = "" if error.errno is None else f" ({error.errno}: {os.strerror(error.errno)})"
        self._log("error", f"{call} failed{reason} while resolving, resolver: {host}:{self.port}")


class _Stream(asyncio.Protocol):
    """A connection, closed when all questions are answered. Each message has its length before it."""

    def __init__(self, received: Received, failed: Callable[[OSError], None]) -> None:
        self.is_closed = False
        self._received = received
        self._failed = failed
        self._transport: asyncio.Transport | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._waiting = b""
        self._unanswered = 0
        self._data = b""

    def connect(self, loop: asyncio.AbstractEventLoop, host: str, port: int) -> None:
        async def begin() -> None:
            try:
                await loop.create_connection(lambda: self, host, port)
            except OSError as error:
                self.connection_lost(error)

        self._connecting = loop.create_task(begin())

    def send(self, question: bytes) -> None:
        self._unanswered += 1
        message = len(question).to_bytes(2) + question
        if self._transport is None:
            self._waiting += message
        else:
            self._transport.write(message)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._waiting)

    def data_received(self, data: bytes) -> None:
        self._data += data
        while 2 <= len(self._data) >= (end := 2 + int.from_bytes(self._data[:2])):
            message, self._data = self._data[2:end], self._data[end:]
            self._unanswered -= 1
            self._received(message, True)
        if not self._unanswered and self._transport is not None:
            self.is_closed = True
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_closed = True
        if isinstance(error, OSError):
            self._failed(error)


def name_servers(
    loop: asyncio.AbstractEventLoop, servers: Sequence[Address], received: Received, log: Log
) -> Iterator[NameServer]:
    """The addresses of the servers, in order. One whose name the system does not know any more has none."""
    for server in servers:
        try:
            found = [(server.host, server.ipv6)] if server.numeric else look_up(server.host.decode())
        except OSError:
            continue
        for address, _ in found:
            yield NameServer(loop, address.decode(), server.port, received, log)
