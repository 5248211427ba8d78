"""How many connections a worker may have open: worker_connections, counted as nginx counts them.

Each client takes one, and so does each connection to another server, also while it is kept for further requests. Some the worker
needs for itself: one for each listening socket, one to its master, and one to hear of messages where there is a zone.

When no more than a sixteenth of them is free, connections that are idle are closed for new ones: an eighth of those that may be,
at least one and at most 32, those that are idle for longest first. nginx says so once in a second. When none is free a new client
is closed without an answer, and a request that needs a server fails. Measured with nginx 1.22.1.
"""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from typing import Any

from ...config.configuration import Configuration
from ...config.directives.core.events import EventsMain
from ...config.directives.push_stream.settings import PushStreamMain
from ..logs.log_files import Say

_SCARCE = 16
_SHARE = 8
_MOST_REUSED = 32


class WorkerConnections:
    """The connections of one worker.

    most: worker_connections.  own: how many the worker needs for itself.  upstreams: the connections to other servers.
    reusable: see `http.connection.surroundings.Hosting`.
    """

    def __init__(self, most: int, own: int, clients: set[Any], say: Say) -> None:
        self.most = most
        self.upstreams: set[Any] = set()
        self.reusable: dict[Any, None] = {}
        self._own = own
        self._clients = clients
        self._say = say
        # The second in which the log said last that connections are reused.
        self._said = 0

    @property
    def free(self) -> int:
        return self.most - self._own - len(self._clients) - len(self.upstreams)

    def make_room(self) -> bool:
        """Whether one more can be opened. If few are free, idle ones are closed first."""
        if self.free <= self.most // _SCARCE and self.reusable:
            self._reuse()
        return self.free > 0

    def refuse(self, transport: asyncio.Transport) -> None:
        """Close a client's connection that is one too many."""
        self._say("alert", f"{self.most} worker_connections are not enough")
        transport.set_protocol(asyncio.Protocol())
        transport.abort()

    def _reuse(self) -> None:
        now = int(time.time())
        if now != self._said:
            self._said = now
            self._say("warn", f"{self.most} worker_connections are not enough, reusing connections")
        count = max(1, min(_MOST_REUSED, len(self.reusable) // _SHARE))
        for connection in list(islice(self.reusable, count)):
            connection.transport.events.reuse(connection)
            self._clients.discard(connection.transport)  # its last bytes may still be on their way


def make_worker_connections(
    configuration: Configuration, sockets: int, has_master: bool, clients: set[Any], say: Say
) -> WorkerConnections:
    """Those of a worker with so many listening sockets and these clients."""
    has_zone = configuration.http is not None and configuration.http.of(PushStreamMain).shared_memory is not None
    own = sockets + has_master + has_zone
    return WorkerConnections(configuration.of(EventsMain).worker_connections, own, clients, say)
