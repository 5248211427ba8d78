"""What a client's connection needs around it: the transport that carries its bytes, and the process it lives in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..access.limit_zone import LimitZones
from ..content.stub_status import Counters
from ..limit_rate import Rate
from ..operations import Performer
from ..request import Request
from ..serving_process import ServingProcess

if TYPE_CHECKING:
    from .connection import Connection


class Transport(Protocol):
    """Carries the bytes of one connection and fulfils its wishes.

    write: puts bytes on their way to the client, now or when the pace allows it; `pace` and `end_pace` may change it.
    """

    write: Callable[[bytes], None]

    @property
    def is_paced(self) -> bool:
        """Whether limit_rate holds something back."""

    @property
    def is_behind(self) -> bool:
        """Whether there is more to send than the client takes."""

    def pace(self, rate: Rate) -> None:
        """From now on send no faster than that."""

    def end_pace(self) -> int:
        """As fast as possible again; how many bytes were held back, which are dropped."""

    def fulfil(self) -> None:
        """The connection's wishes may have changed: `wants_bytes`, `deadline`."""

    def half_close(self) -> None:
        """Tell the client that nothing more is sent."""

    def close(self) -> None:
        """Close when what was written has been sent."""

    def abort(self) -> None:
        """Close without sending what waits to be sent."""


class Hosting(Protocol):
    """What connections share: the process they live in, and what it has for them.

    exiting: requests are finished, and no others taken on their connections.  engine: the push engine's part for handlers
    (content.push_stream.Engine).  limit_zones: of limit_req and limit_conn.  requests: how many there were; connections count.
    """

    exiting: bool
    nginx_version: bytes
    process: ServingProcess
    engine: Any
    limit_zones: LimitZones
    performer: Performer
    requests: int

    @property
    def counters(self) -> Counters:
        """Of all connections."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def time(self) -> float:
        """Seconds that only go forward, for deadlines."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> object:
        """Call back once."""

    def realpath(self, path: bytes) -> bytes:
        """A path of the machine without links and dots. Raises OSError."""

    def next_connection_number(self) -> int:
        """$connection of a new connection."""

    def log_error(self, level: str, text: str | bytes, connection: Connection, request: Request | None) -> None:
        """A line for the error log that is in force for the request, or of the listener's default server without one."""

    def log_access(self, request: Request) -> None:
        """The log phase of a request."""
