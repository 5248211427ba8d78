"""worker_connections, as nginx 1.22.1 counts them."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.connection import events
from ngxpush.server.clients.worker_connections import WorkerConnections, make_worker_connections
from tests.http.connection.client import Client
from tests.http.serving import compiled


class Worker:
    """A worker with so many connections, and idle clients."""

    def __init__(self, most: int, own: int, idle: int = 0) -> None:
        self.said: list[tuple[str, str]] = []
        self.clients: set[Any] = set()
        self.slots = WorkerConnections(most, own, self.clients, lambda level, text: self.said.append((level, text)))
        self.idle = [self._accept() for _ in range(idle)]

    def _accept(self) -> Any:
        connection: Any = Client().connection
        connection.transport.events = events
        self.slots.reusable[connection] = None
        connection.hosting.reusable = self.slots.reusable
        self.clients.add(connection.transport)
        return connection


def test_clients_and_servers_take_connections() -> None:
    worker = Worker(most=5, own=2)
    worker.clients.add(object())
    worker.slots.upstreams.add(object())
    assert worker.slots.make_room()
    worker.slots.upstreams.add(object())
    assert not worker.slots.make_room()
    assert worker.said == []


@pytest.mark.parametrize(("idle", "closed"), [(17, 2), (16, 0)])
def test_those_idle_for_longest_are_closed_for_new_ones(idle: int, closed: int) -> None:
    worker = Worker(20, 2, idle)
    assert worker.slots.make_room()
    assert list(worker.slots.reusable) == worker.idle[closed:]
    assert len(worker.clients) == idle - closed
    words = "20 worker_connections are not enough, reusing connections"
    assert worker.said == ([("warn", words)] if closed else [])


def test_at_least_one_is_closed() -> None:
    worker = Worker(most=4, own=2, idle=2)
    assert worker.slots.make_room()
    assert list(worker.slots.reusable) == worker.idle[1:]


@pytest.mark.parametrize(("push", "free"), [("", 512 - 3), ("push_stream_shared_memory_size 1m;", 512 - 4)])
def test_the_worker_needs_some_for_itself(push: str, free: int) -> None:
    slots = make_worker_connections(compiled(push), 2, True, set(), lambda level, text: None)
    assert slots.free == free
