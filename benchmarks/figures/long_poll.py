"""Long-polling: what one cycle costs. Many clients wait; a message answers them all, and each asks again for what comes after it.

Messages are stored, so that no one misses one between two requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contestants import POLL, Contestant
from ..load import load
from ..plan import Options, Task, Values, Where, long_enough
from ..servers import running


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for those who answer long-polling clients."""
    cell: Where = {"clients": options.pollers, "size": 100}

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        with running(contestant.prepare()) as server, load(server.port) as clients:
            clients.publishers(1, *contestant.publishing(int(cell["size"]), stored=True))
            clients.ask(int(cell["clients"]), contestant.asking())
            clients.watch(500)  # until the server has all requests
            clients.poll(1)
            yield cell, long_enough(server, 2 * options.seconds, clients.poll).values()

    yield Task("long-poll", [contestant for contestant in contestants if POLL in contestant.modes], [cell], measure)
