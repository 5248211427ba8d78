"""What a client's connection needs: the transport that carries its bytes, and the process it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..access.limit_zone import LimitZones
from ..content.stub_status import Counters
from ..limit_rate import Rate
from ..operations import Performer
from ..recorder import Debugging
from ..request import ClientConnection, Request
from ..routing import Listener
from ..serving_process import ServingProcess

MOST_WAITING = 32 * 1024 * 1024
"""Bytes that may wait for one client. One that lets more wait is dropped: nginx would let its memory grow until send_timeout."""


class Transport(Protocol):
    """Carries the bytes of one connection and fulfils its wishes.

    write: sends bytes to the client, now, or when limit_rate allows it, or when the client has read on. The transport may replace
    it; then it calls `Connection.use_write`.
    """

    write: Callable[[bytes], None]

    @property
    def is_paced(self) -> bool:
        """Whether limit_rate holds bytes back."""

    @property
    def is_behind(self) -> bool:
        """Whether bytes wait until the client reads on."""

    def pace(self, rate: Rate) -> None:
        """Send no faster than this from now on."""

    def end_pace(self) -> int:
        """End the limit. Bytes that were held back are dropped; returns how many."""

    def fulfil(self) -> None:
        """The connection's wishes may have changed: `wants_bytes`, `deadline`."""

    def overflown(self) -> None:
        """More than MOST_WAITING bytes wait for the client: drop it."""

    def half_close(self) -> None:
        """Close the sending side."""

    def close(self) -> None:
        """Close when what was written has been sent."""

    def abort(self) -> int:
        """Close at once; what waits to be sent is dropped. Returns how many bytes that are."""


class Hosting(Protocol):
    """What the connections of a process share.

    exiting: present requests are finished, and no others accepted on their connections.  engine: the push engine, for handlers
    (`content.push_stream.Engine`).  limit_zones: the zones of limit_req and limit_conn.  requests: a counter that the
    connections increment.  last_error: what the module adds to a message when a WebSocket client has left, in nginx's words: the
    last error of a system call, which stays until the next one, or until nginx reads on a connection that it has kept.
    standing: the time, in seconds since the epoch, while a connection takes the bytes that came; else None. nginx looks at the
    clock once in each turn of its loop, so what is served at once has taken no time.
    reusable: the connections (`connection.Connection`, `http2.connection.Http2Connection`) that may be closed for new ones, the
    one that is idle for longest first: those that are WAITING or LINGERING, or have no stream.
    """

    exiting: bool
    nginx_version: bytes
    process: ServingProcess
    engine: Any
    limit_zones: LimitZones
    performer: Performer
    requests: int
    last_error: str
    standing: float | None
    reusable: dict[Any, None]

    @property
    def counters(self) -> Counters:
        """The counters of all connections."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def time(self) -> float:
        """Seconds of a monotonic clock, for deadlines."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> object:
        """Call `callback` once, after so many seconds."""

    def realpath(self, path: bytes) -> bytes:
        """A path without symbolic links and dot segments. Raises OSError."""

    def next_connection_number(self) -> int:
        """$connection of a new connection."""

    def debugging(self, client: bytes) -> Debugging:
        """Which lines are made for a connection from that address."""

    def log_error(
        self, level: str, text: str | bytes, connection: ClientConnection, listener: Listener, request: Request | None
    ) -> None:
        """Write a line to the error log of the request's location, or of the listener's default server without a request."""

    def log_access(self, request: Request) -> None:
        """Run the log phase of a request."""
