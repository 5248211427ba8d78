"""What happened second by second."""

from __future__ import annotations

import asyncio
from typing import Any

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.console import history
from ngxpush.console.asking import Asking
from ngxpush.console.history import History
from ngxpush.console.watching import Watches
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Delete
from ngxpush.push.subscribers import subscribe
from tests.push.fakes import FakeQuestion, path, publish, run, worker


def test_it_counts_while_someone_looks(monkeypatch: Any) -> None:
    """Deliveries are those to subscribers who are there when a message is published."""
    here = worker(*(PushStreamLocation(subscriber=mode) for mode in SubscriberMode))
    assert isinstance(here.zone, LocalZone)
    for mode in (SubscriberMode.STREAMING, SubscriberMode.EVENTSOURCE, SubscriberMode.LONG_POLLING):
        run(subscribe(FakeQuestion(), PushStreamLocation(subscriber=mode, channels_path=path(b"a")), here))
    counted = History(Asking(here, here.zone, Any), Watches(here.zone), here)  # type: ignore[arg-type]
    news = here.zone.zone._contents.news
    seconds = 0

    async def second(_: float) -> None:
        nonlocal seconds
        seconds += 1
        if seconds == 1:
            assert news.observer is not None
            publish(here, b"a", b"x")
            publish(here, b"b", b"x")
            run(here.zone.do(Delete((b"b",))))
        elif seconds == 3:
            samples.extend(counted.samples)

    samples: list[history.Sample] = []
    monkeypatch.setattr(history, "_LASTS", 4)
    monkeypatch.setattr(history.asyncio, "sleep", second)
    monkeypatch.setattr(history.time, "monotonic", lambda: float(seconds))

    async def look() -> None:
        counted.look()
        counted.look()
        counting = counted._counting
        assert counting is not None
        await counting

    asyncio.run(look())
    assert [(sample.messages, sample.deliveries) for sample in samples] == [(2, 3), (0, 0)]
    assert samples[1].subscribers == 2  # the one by long-polling has its message
    assert seconds == 4 and news.observer is None and not counted.samples
