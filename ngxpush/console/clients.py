"""Who is connected, as the worker knows it: requests that are still open, and what waits to be read by whom."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nlargest
from operator import attrgetter

from msgspec import Struct

from ..server.processes.worker import Worker
from .recording import RecordedRequest, open_request

SHOWN_SLOW = 20
"""Slow readers that a page shows."""


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

    def open_requests(self) -> Iterator[RecordedRequest]:
        """The requests whose head has come and that have not ended, in no order."""
        for client in self._worker.connections:
            for request in client.connection.present_requests:
                if request.input.request_line:
                    yield open_request(request)
