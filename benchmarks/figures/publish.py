"""Publish: what a message costs to which no one is subscribed, over 16 connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contestants import Contestant
from ..load import load
from ..plan import Options, Task, Values, Where, long_enough
from ..servers import running

_CONNECTIONS = 16


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for all."""
    yield task("publish", options, contestants, {"connections": _CONNECTIONS, "size": 100})


def task(figure: str, options: Options, contestants: Sequence[Contestant], cell: Where) -> Task:
    """Publishing. cell: connections, size, and workers where they are part of the figure."""

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        workers = int(cell.get("workers", 1))
        with running(contestant.prepare(workers), all_cores=workers > 1) as server, load(server.port) as clients:
            clients.publishers(int(cell["connections"]), *contestant.publishing(int(cell["size"])))
            clients.publish(100)
            yield cell, long_enough(server, 2 * options.seconds, clients.publish, 100).values()

    return Task(figure, contestants, [cell], measure)
