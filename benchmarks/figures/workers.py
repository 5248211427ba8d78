"""Workers: fan-out and publishing with one worker process and with two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..contestants import Contestant, Nginx
from ..plan import Options, Task
from . import fan_out, publish


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """Tasks for those that have workers."""
    able = [contestant for contestant in contestants if isinstance(contestant.server, Nginx)]
    small = replace(options, sizes=(100,))
    for workers in (1, 2):
        yield fan_out.task("workers", small, able, {"mode": "eventsource", "subscribers": options.audience, "workers": workers})
        yield publish.task("workers", options, able, {"connections": 16, "size": 100, "workers": workers})
