"""Limits of the configuration, and how near they are."""

from __future__ import annotations

import asyncio
from collections import Counter

from msgspec import Struct

from ..config.analysis import Analysis
from ..config.directives.push_stream.settings import PushStreamMain
from ..config.tree import Statement
from .asking import Asking
from .clients import Clients
from .recording import RecordedRequest, RecordedRequests
from .served import Served
from .shown_files import block_ids

_REFUSED = 400
_SHARED_MEMORY = "push_stream_shared_memory_size"


class Limit(Struct, frozen=True):
    """A limit. directive: its name.  used, most: of what it counts; most: None for no limit.  bytes: it counts bytes.

    statement: where it is written; None for the default.
    """

    directive: str
    counts: str
    used: int
    most: int | None
    statement: Statement | None
    bytes: bool = False

    @property
    def is_reached(self) -> bool:
        return self.most is not None and self.used >= self.most


class RefusedRequests(Struct, frozen=True):
    """Requests of the last ones that a location has answered with the same status. newest: the last of them.

    present: the location is one of the configuration that is served now.
    """

    status: int
    count: int
    newest: RecordedRequest
    present: bool


async def limits(served: Served, asking: Asking, clients: Clients) -> tuple[Limit, ...]:
    """The zone's limits, the memory first, and the worker's."""
    http = served.setup.configuration.http
    main = PushStreamMain() if http is None else http.of(PushStreamMain)
    health = await asking.health()
    totals, memory = health.totals, health.memory
    subscribers, stored = await asking.largest()
    connections, most = clients.count

    def limit(name: str, counts: str, used: int, most: int | None, bytes: bool = False) -> Limit:
        return Limit(name, counts, used, most, _written(served.analysis, name), bytes)

    return (
        limit(_SHARED_MEMORY, "memory", memory.used, memory.size, bytes=True),
        limit("push_stream_max_number_of_channels", "channels", totals.channels, main.max_number_of_channels),
        limit(
            "push_stream_max_number_of_wildcard_channels",
            "wildcard channels",
            totals.wildcard_channels,
            main.max_number_of_wildcard_channels,
        ),
        limit(
            "push_stream_max_subscribers_per_channel",
            "subscribers of one channel, at most",
            subscribers,
            main.max_subscribers_per_channel,
        ),
        limit(
            "push_stream_max_messages_stored_per_channel",
            "messages that one channel stores, at most",
            stored,
            main.max_messages_stored_per_channel,
        ),
        limit("worker_connections", "connections of the worker", connections, most),
    )


def _written(analysis: Analysis, name: str) -> Statement | None:
    settings = (setting for scope in analysis.root.walk() for setting in scope.all(name))
    return next((setting.statement for setting in settings), None)


async def refused(served: Served, requests: RecordedRequests) -> tuple[RefusedRequests, ...]:
    """What was refused among the last requests, by status and location; what happened most often is the first."""
    counts: Counter[tuple[int, int]] = Counter()
    newest: dict[tuple[int, int], RecordedRequest] = {}
    for number, request in enumerate(requests.newest()):
        if request.status >= _REFUSED:
            key = request.status, id(request.location)
            counts[key] += 1
            newest.setdefault(key, request)
        if number % 250 == 249:
            await asyncio.sleep(0)
    blocks = block_ids(served.setup.configuration.http)
    return tuple([RefusedRequests(key[0], count, newest[key], key[1] in blocks) for key, count in counts.most_common()])
