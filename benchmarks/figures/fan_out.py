"""Fan-out: what one delivery costs, by mode, subscribers, messages in flight, and their size.

So many publishers send one message each at the same time; when everyone has everything they send the next ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contestants import Contestant
from ..load import load
from ..plan import Options, Task, Values, Where, long_enough
from ..servers import running

# Bytes and seconds of one round of a cell: with more it is left out where not every cell is wanted; a slow one is measured once.
_BYTES = 2_000_000_000
_SLOW = 0.5
_TOO_SLOW = 30


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for each mode and number of subscribers."""
    for mode in options.modes:
        able = [contestant for contestant in contestants if mode in contestant.modes]
        for subscribers in options.subscribers:
            yield task("fan-out", options, able, {"mode": mode, "subscribers": subscribers})


def task(figure: str, options: Options, contestants: Sequence[Contestant], shared: Where) -> Task:
    """Fan-out to some subscribers. shared: mode, subscribers, and workers where they are part of the figure."""
    cells = [shared | {"in_flight": in_flight, "size": size} for size in options.sizes for in_flight in options.in_flight]

    def measure(contestant: Contestant, number: int) -> Iterator[tuple[Where, Values | str]]:
        workers, audience = int(shared.get("workers", 1)), int(shared["subscribers"])
        with running(contestant.prepare(workers), all_cores=workers > 1) as server, load(server.port) as clients:
            clients.subscribe(audience, contestant.subscribing(str(shared["mode"])))
            clients.publishers(1, *contestant.publishing(100))
            clients.deliver(1)
            seconds = 0.0  # of one delivery
            for cell in cells:
                deliveries = audience * int(cell["in_flight"])
                too_much = "" if options.every_cell else _too_much(deliveries, int(cell["size"]), seconds)
                if number == 0 and too_much:
                    yield cell, too_much
                elif number == 0 or (seconds * deliveries < _SLOW and not too_much):
                    clients.publishers(int(cell["in_flight"]), *contestant.publishing(int(cell["size"])))
                    found = long_enough(server, options.seconds, clients.deliver)
                    seconds = found.load.seconds / found.load.done
                    yield cell, found.values()

    return Task(figure, contestants, cells, measure)


def _too_much(deliveries: int, size: int, seconds: float) -> str:
    """Why a cell is left out, if it is."""
    if deliveries * size > _BYTES:
        return f"left out: {deliveries * size / 1e9:.1f} GB at once"
    if deliveries * seconds > _TOO_SLOW:
        return f"left out: it would take longer than {_TOO_SLOW} s"
    return ""
