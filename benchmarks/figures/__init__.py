"""One module for each figure; `TASKS` makes what there is to do for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..contestants import Contestant
from ..plan import Options, Task
from . import connections, fan_out, growth, latency, lint, long_poll, publish, reload, start, workers

Make = Callable[[Options, Sequence[Contestant]], Iterator[Task]]

TASKS: dict[str, Make] = {
    "fan-out": fan_out.tasks,
    "publish": publish.tasks,
    "long-poll": long_poll.tasks,
    "connections": connections.tasks,
    "latency": latency.tasks,
    "start": start.tasks,
    "reload": reload.tasks,
    "workers": workers.tasks,
    "growth": growth.tasks,
    "lint": lint.tasks,
}
