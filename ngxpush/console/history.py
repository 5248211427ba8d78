"""What happened in the last minutes, second by second, from when someone began to look."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from msgspec import Struct

from ..server.processes.worker import Worker
from .asking import Asking

KEPT = 300
"""Seconds that are kept."""

# For so many seconds after the last look the counting goes on: who goes to another page and comes back misses nothing.
_LASTS = 60


class Sample(Struct, frozen=True):
    """A second. messages: published in it.  deliveries: of messages to subscribers.  subscribers: at its end."""

    messages: int
    deliveries: int
    subscribers: int


class History:
    """Counts, while someone looks. samples: the last seconds, the oldest first."""

    def __init__(self, asking: Asking, worker: Worker) -> None:
        self.samples: deque[Sample] = deque(maxlen=KEPT)
        self._asking = asking
        self._worker = worker
        self._counting: asyncio.Task[None] | None = None
        self._left = 0

    def look(self) -> None:
        """Someone looks: count from now on."""
        self._left = _LASTS
        if self._counting is None:
            self._counting = asyncio.get_running_loop().create_task(self._count())

    async def _count(self) -> None:
        published, delivered, _ = await self._so_far()
        while self._left:
            self._left -= 1
            began = time.monotonic()
            await asyncio.sleep(1)
            took = time.monotonic() - began
            messages, deliveries, subscribers = await self._so_far()
            self.samples.append(Sample(round((messages - published) / took), round((deliveries - delivered) / took), subscribers))
            published, delivered = messages, deliveries
        self._counting = None
        self.samples.clear()

    async def _so_far(self) -> tuple[int, int, int]:
        """Messages and deliveries so far, and the subscribers there are."""
        observed, totals = self._worker.observed, (await self._asking.health()).totals
        return totals.published_messages, 0 if observed is None else observed.tally.deliveries, totals.subscribers
