"""Latency: from sending a message to receiving it, over all subscribers, with one message at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contestants import MODES, Contestant
from ..load import load
from ..plan import Options, Task, Values, Where, measured
from ..servers import running

_PAUSE_MS = 10


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for each mode."""
    for mode in MODES:
        yield _task(options, mode, [contestant for contestant in contestants if mode in contestant.modes])


def _task(options: Options, mode: str, contestants: Sequence[Contestant]) -> Task:
    cell: Where = {"mode": mode, "subscribers": options.audience, "size": 100}
    messages = round(options.seconds * 200) or 1

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        with running(contestant.prepare()) as server, load(server.port) as clients:
            clients.subscribe(options.audience, contestant.subscribing(mode))
            clients.publishers(1, *contestant.publishing(100))
            clients.latency(messages // 5 + 1, _PAUSE_MS)
            found = measured(server, lambda: clients.latency(messages, _PAUSE_MS))
            values = {f"{name}_ms": value * 1000 for name, value in found.load.percentiles.items()}
            yield cell, values | {name: found.values()[name] for name in ("server_us", "own_us")}

    return Task("latency", contestants, [cell], measure)
