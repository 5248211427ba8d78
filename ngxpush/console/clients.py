"""Who is connected, as the worker knows it: requests that are still open, and what waits to be read by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import nlargest
from itertools import islice
from operator import attrgetter

from msgspec import Struct

from ..server.processes.worker import Worker
from .recording import RecordedRequest, open_request

SHOWN_SLOW = 20
"""Slow readers that a page shows."""

SHOWN_OPEN = 200
"""Open requests that a page shows."""

# Connections that are looked at at once.
_SLICE = 500


class SlowReader(Struct, frozen=True):
    """A client that is behind. unsent: bytes that wait for it in this process.  requests: what it has asked for."""

    address: bytes
    since: float
    unsent: int
    requests: tuple[RecordedRequest, ...]


class Clients:
    """The connections of a worker."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    @property
    def count(self) -> tuple[int, int]:
        """How many connections the worker has, its own and those to other servers included, and how many it may have."""
        slots = self._worker.slots
        return slots.most - slots.free, slots.most

    def unsent(self) -> dict[int, int]:
        """By the number of a connection: the bytes that wait in this process for its client to read on, where there are any."""
        return {client.connection.facts.number: unsent for client in self._worker.connections if (unsent := client.unsent)}

    def slow(self) -> tuple[int, list[SlowReader]]:
        """How many clients are behind, and those for which most waits."""
        behind = [client for client in self._worker.connections if client.unsent]
        shown = []
        for client in nlargest(SHOWN_SLOW, behind, key=attrgetter("unsent")):
            facts = client.connection.facts
            requests = tuple([open_request(request) for request in client.connection.present_requests])
            shown.append(SlowReader(facts.remote_addr, facts.started, client.unsent, requests))
        return len(behind), shown

    async def open_requests(self, fits: Callable[[RecordedRequest], bool]) -> tuple[int, list[RecordedRequest]]:
        """How many requests that fit are open, and the last of them, the newest first. Their heads have come.

        Many are looked through in slices; others are served in between.
        """
        fitting, newest = 0, list[RecordedRequest]()
        connections = iter(tuple(self._worker.connections))
        while some := tuple(islice(connections, _SLICE)):
            requests = [
                request for client in some for request in client.connection.present_requests if request.input.request_line
            ]
            found = [request for request in map(open_request, requests) if fits(request)]
            fitting += len(found)
            newest = nlargest(SHOWN_OPEN, [*newest, *found], key=attrgetter("started"))
            await asyncio.sleep(0)
        return fitting, newest
