"""What happened in the last minutes, second by second, from when someone began to look."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from msgspec import Struct

from ..push.messages import DELETED_ID, Message
from ..push.worker import PushWorker
from .asking import Asking
from .watching import Watches

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

    def __init__(self, asking: Asking, watches: Watches, push: PushWorker) -> None:
        self.samples: deque[Sample] = deque(maxlen=KEPT)
        self._asking = asking
        self._watches = watches
        self._push = push
        self._counting: asyncio.Task[None] | None = None
        self._left = 0
        self._deliveries = 0

    def look(self) -> None:
        """Someone looks: count from now on."""
        self._left = _LASTS
        if self._counting is None:
            self._counting = asyncio.get_running_loop().create_task(self._count())

    async def _count(self) -> None:
        published, self._deliveries = self._asking.health().published, 0
        with self._watches.hearing(self._heard):
            while self._left:
                self._left -= 1
                began = time.monotonic()
                await asyncio.sleep(1)
                took = time.monotonic() - began
                health, deliveries = self._asking.health(), self._deliveries
                messages, published, self._deliveries = health.published - published, health.published, 0
                self.samples.append(Sample(round(messages / took), round(deliveries / took), health.subscribers))
        self._counting = None
        self.samples.clear()

    def _heard(self, message: Message) -> None:
        audience = self._push.audience_of(message.channel)
        if audience is not None and message.id != DELETED_ID:
            self._deliveries += sum(map(len, audience.groups.values())) + len(audience.waiting)
