"""An empty zone that writes down what is asked of it, and a clock that only goes on when it is told to."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from ..push.local_zone import LocalZone
from ..push.shared import ChannelInfo, Listing, Refusal, Subscribed, Subscription, Summary
from .trace import Asked


class Timer:
    """A call that is due at `time`."""

    __slots__ = ("callback", "cancelled", "time")

    def __init__(self, time: float, callback: Callable[[], None]) -> None:
        self.time = time
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class StandingClock:
    """A `push.question.Clock`. time: seconds since the epoch."""

    def __init__(self, time: float) -> None:
        self.time = time
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self.time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        timer = Timer(self.time + seconds, callback)
        heapq.heappush(self._timers, (timer.time, next(self._numbers), timer))
        return timer

    def advance(self) -> bool:
        """Let the next call come due; False when there is none."""
        while self._timers:
            _, _, timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                self.time = timer.time
                timer.callback()
                return True
        return False


class AskedZone:
    """A `push.shared.SharedZone` in front of another. tell: gets what is asked.  subscriptions: those that were asked for."""

    def __init__(self, zone: LocalZone, tell: Callable[[Asked], None]) -> None:
        self._zone = zone
        self._tell = tell
        self.subscriptions: list[Subscription] = []

    async def create(self, ids: tuple[bytes, ...]) -> Refusal | None:
        self._tell(Asked("create", ids))
        return await self._zone.create(ids)

    async def publish(
        self, ids: tuple[bytes, ...], text: bytes, store: bool, event_id: bytes | None = None, event_type: bytes | None = None
    ) -> tuple[ChannelInfo, ...] | Refusal:
        self._tell(Asked("publish and store" if store else "publish", ids))
        return await self._zone.publish(ids, text, store, event_id, event_type)

    async def subscribe(self, subscription: Subscription) -> Subscribed | Refusal:
        self.subscriptions.append(subscription)
        channels = subscription.channels
        backtracks = tuple(channel.backtrack for channel in channels)
        self._tell(Asked("subscribe", tuple(channel.id for channel in channels), backtracks))
        return await self._zone.subscribe(subscription)

    def unsubscribe(self, ids: tuple[bytes, ...]) -> None:
        self._zone.unsubscribe(ids)

    async def delete(self, ids: tuple[bytes, ...], text: bytes | None = None) -> bool:
        self._tell(Asked("delete", ids))
        return await self._zone.delete(ids, text)

    async def channels_info(self, ids: tuple[bytes, ...]) -> Listing:
        self._tell(Asked("information", ids))
        return await self._zone.channels_info(ids)

    async def channels(self, prefix: bytes = b"") -> Listing:
        self._tell(Asked("information of all that begin with", (prefix,)) if prefix else Asked("information of all", ()))
        return await self._zone.channels(prefix)

    async def summary(self) -> Summary:
        self._tell(Asked("summary", ()))
        return await self._zone.summary()
