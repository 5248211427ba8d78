"""Subscribing: what a new subscriber costs until it has the head of its answer, and the memory it takes while it is idle.

What a server allocates once, it has allocated for the first subscribers; the others count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contestants import MODES, POLL, Contestant
from ..load import Load, load
from ..plan import Options, Task, Values, Where, measured, settle
from ..servers import Server, running


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for each mode."""
    for mode in (*MODES, POLL):
        able = [contestant for contestant in contestants if mode in contestant.modes]
        yield _task(mode, options.idle, able)


def _task(mode: str, idle: int, contestants: Sequence[Contestant]) -> Task:
    cell: Where = {"mode": mode, "subscribers": idle}

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        with running(contestant.prepare()) as server, load(server.port) as clients:
            add = _poll if mode == POLL else _subscribe
            add(server, clients, contestant, mode, idle // 4)
            before = _memory(server)
            values = add(server, clients, contestant, mode, idle)
            yield cell, values | {"memory_bytes": (_memory(server) - before) / idle}

    return Task("connections", contestants, [cell], measure)


def _subscribe(server: Server, clients: Load, contestant: Contestant, mode: str, number: int) -> Values:
    return measured(server, lambda: clients.subscribe(number, contestant.subscribing(mode))).values()


def _poll(_: Server, clients: Load, contestant: Contestant, __: str, number: int) -> Values:
    """No answer comes to those who wait, so nothing says when the server has all of them."""
    clients.ask(number, contestant.asking())
    clients.watch(1000)
    return {}


def _memory(server: Server) -> int:
    settle()
    return server.memory()
