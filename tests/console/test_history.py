"""What happened second by second."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.console import history
from ngxpush.console.asking import Asking
from ngxpush.console.history import History, Sample
from ngxpush.push.local_zone import LocalZone
from ngxpush.server.observing.observed import Tally
from tests.push.fakes import publish, worker


def test_it_counts_while_someone_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    here = worker()
    assert isinstance(here.zone, LocalZone)
    tally = Tally(0, 100)
    clients: Any = None
    serving: Any = SimpleNamespace(observed=SimpleNamespace(tally=tally))
    counted = History(Asking(here, clients), serving)
    publish(here, b"a", b"before")
    seconds = 0.0
    samples: list[Sample] = []

    async def second(_: float) -> None:
        nonlocal seconds
        seconds += 2 if seconds == 1 else 1
        if seconds == 1:
            publish(here, b"a", b"x")
            tally.deliveries += 3
        elif seconds == 3:  # the loop was busy: it took two
            for _ in range(4):
                publish(here, b"a", b"x")
        else:
            samples[:] = counted.samples

    monkeypatch.setattr(history, "_LASTS", 4)
    monkeypatch.setattr(history, "asyncio", SimpleNamespace(sleep=second, get_running_loop=asyncio.get_running_loop))
    monkeypatch.setattr(history.time, "monotonic", lambda: seconds)

    async def look() -> None:
        counted.look()
        counted.look()
        counting = counted._counting
        assert counting is not None
        await counting

    asyncio.run(look())
    assert samples == [Sample(1, 3, 0), Sample(2, 0, 0), Sample(0, 0, 0)]
    assert seconds == 5 and not counted.samples and counted._counting is None
