"""An empty zone that records what it is asked for, and a clock that moves only when it is asked to."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any, TypeVar

from ..push.local_zone import LocalZone
from ..push.operations import Channels, ChannelsInfo, Create, Delete, Publish, Recipient, Subscribe, Summary, ZoneOperation
from .trace import Asked

R = TypeVar("R")


class StandingTimer:
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
        self._timers: list[tuple[float, int, StandingTimer]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self.time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> StandingTimer:
        timer = StandingTimer(self.time + seconds, callback)
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
    """A `push.operations.SharedZone` in front of a zone. note: gets each operation.  subscriptions: the Subscribe operations."""

    waits = False

    def __init__(self, zone: LocalZone, note: Callable[[Asked], None]) -> None:
        self._zone = zone
        self._note = note
        self.subscriptions: list[Subscribe] = []

    def listen(self, worker: str, recipient: Recipient) -> None:
        self._zone.listen(worker, recipient)

    async def do(self, operation: ZoneOperation[R]) -> R:
        if isinstance(operation, Subscribe):
            self.subscriptions.append(operation)
        self._note(described(operation))
        return self._zone.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        self._zone.post(operation)


def described(operation: ZoneOperation[Any]) -> Asked:
    """An operation as an explanation names it."""
    match operation:
        case Create(ids):
            return Asked("create", ids)
        case Publish(ids, store=store):
            return Asked("publish and store" if store else "publish", ids)
        case Subscribe(channels=channels):
            ids, backtracks = zip(*[(channel.id, channel.backtrack) for channel in channels], strict=True)
            return Asked("subscribe", ids, backtracks)
        case Delete(ids):
            return Asked("delete", ids)
        case ChannelsInfo(ids):
            return Asked("information", ids)
        case Channels(prefix=prefix):
            return Asked("information of all that begin with", (prefix,)) if prefix else Asked("information of all", ())
        case Summary():
            return Asked("summary", ())
    raise TypeError(f"no handler asks for {type(operation).__name__}")
