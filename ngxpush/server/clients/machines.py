"""The machines that a client's connection can be: HTTP/1 or HTTP/2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ...config.directives.http.core import HttpCoreLocation
from ...http.connection import events as http1_events
from ...http.connection.connection import Connection
from ...http.connection.facts import ConnectionFacts
from ...http.connection.surroundings import Hosting, Transport
from ...http.request import Request
from ...http.routing import Listener


class Machine(Protocol):
    """A client's connection, as its transport and its process use it."""

    facts: ConnectionFacts
    listener: Listener

    @property
    def wants_bytes(self) -> bool: ...

    @property
    def deadline(self) -> float | None: ...

    @property
    def settings(self) -> HttpCoreLocation: ...

    @property
    def activities(self) -> tuple[str, ...]: ...

    @property
    def present_requests(self) -> Sequence[Request]: ...

    def use_write(self) -> None: ...

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None: ...


class Events(Protocol):
    """What can happen to it: a module of functions (`http.connection.events`, `http.http2.events`)."""

    def receive(self, connection: Any, data: bytes) -> None: ...

    def opened(self, connection: Any) -> None: ...

    def refused(self, connection: Any) -> None: ...

    def end_of_input(self, connection: Any) -> None: ...

    def lost(self, connection: Any, reset: bool = False) -> None: ...

    def time_is_up(self, connection: Any) -> None: ...

    def output_taken(self, connection: Any) -> None: ...

    def output_stuck(self, connection: Any) -> None: ...

    def output_overflown(self, connection: Any, most: int) -> None: ...

    def cut_off(self, connection: Any) -> None: ...

    def reuse(self, connection: Any) -> None: ...

    def leave(self, connection: Any) -> None: ...


def begin_machine(
    hosting: Hosting,
    transport: Transport,
    listener: Listener,
    client: tuple[bytes, int],
    server: tuple[bytes, int],
) -> tuple[Events, Machine]:
    """The machine for a connection that has begun. Without TLS a listener with `http2` speaks nothing else."""
    listener = listener.at(server[0])
    if listener.speaks_http2 and not listener.has_tls:
        return _http2(hosting, transport, listener, ConnectionFacts(hosting, listener, client, server, None))
    return http1_events, Connection(hosting, transport, listener, client, server)


def go_on_with_http2(connection: Connection) -> tuple[Events, Machine]:
    """HTTP/2 in place of a machine that waits for its first request: TLS has agreed on it. The facts stay the same."""
    connection.hosting.reusable.pop(connection, None)
    return _http2(connection.hosting, connection.transport, connection.listener, connection.facts)


def _http2(hosting: Hosting, transport: Transport, listener: Listener, facts: ConnectionFacts) -> tuple[Events, Machine]:
    from ...http.http2 import events  # few configurations need them
    from ...http.http2.connection import Http2Connection

    return events, Http2Connection(hosting, transport, listener, facts)
