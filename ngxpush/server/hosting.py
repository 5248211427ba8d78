"""What a connection needs of the process it lives in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from ..http.access.limit_zone import LimitZones
from ..http.request import Request
from ..http.serving_process import ServingProcess

if TYPE_CHECKING:
    from .connection import Connection


class Worker(Protocol):
    """What a connection needs of the process it lives in.

    exiting: the worker finishes its requests and takes no more on its connections.  engine: the push engine's part for
    handlers (http.content.push_stream.Engine).  limit_zones: of limit_req and limit_conn.
    accepted, requests: how many there were; connections count them.
    """

    limit_zones: LimitZones
    loop: asyncio.AbstractEventLoop
    connections: set[Connection]
    exiting: bool
    nginx_version: bytes
    process: ServingProcess
    engine: Any
    accepted: int
    requests: int

    def now(self) -> float:
        """Seconds since the epoch."""

    def next_connection_number(self) -> int:
        """$connection of a new connection."""

    def log_error(self, level: str, text: str | bytes, connection: Connection, request: Request | None) -> None:
        """A line for the error log that is in force for the request, or of the listener's default server without one."""

    def log_access(self, request: Request) -> None:
        """The log phase of a request."""
