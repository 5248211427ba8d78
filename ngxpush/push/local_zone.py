"""A zone in the same process: what a single worker, and the process that serves several, uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL
from .question import Clock, Timer
from .shared import ChannelInfo, Listing, Refusal, Subscribed, Subscription, Summary
from .zone import OPERATIONS, Zone

Record = Callable[[str, tuple[Any, ...]], None]
"""Writes down one of zone.OPERATIONS and its arguments, just before it is done."""


class LocalZone:
    """A SharedZone (push/shared.py) for the worker `pid`, and the timers of the zone.

    Its coroutines never wait. record: the journal, if one is kept.
    """

    __slots__ = ("_clock", "_collecting", "_collecting_messages", "_record", "pid", "zone")

    def __init__(self, zone: Zone, pid: int, clock: Clock, record: Record | None = None) -> None:
        self.zone = zone
        self.pid = pid
        self._clock = clock
        self._record = record
        self._collecting: Timer | None = None
        self._collecting_messages: Timer | None = None

    def start(self) -> None:
        """Begin the zone's timer, which runs from the start of a worker."""
        self._collecting = self._clock.call_later(COLLECT_INTERVAL, self._collect)

    def stop(self) -> None:
        """End the timers."""
        for timer in (self._collecting, self._collecting_messages):
            if timer is not None:
                timer.cancel()
        self._collecting = self._collecting_messages = None

    def apply(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """Do one of zone.OPERATIONS or zone.QUERIES, also for another worker. The time, their last argument, is added."""
        arguments = (*arguments, int(self._clock.now()))
        if operation in OPERATIONS:
            if self._record is not None:
                self._record(operation, arguments)
            if operation == "publish" and self._collecting_messages is None:
                self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        return self.zone.apply(operation, arguments)

    def now(self) -> int:
        """The time of the zone's operations: whole seconds."""
        return int(self._clock.now())

    async def create(self, ids: tuple[bytes, ...]) -> Refusal | None:
        """See SharedZone.create."""
        if self.zone.has(ids):
            return None
        refusal: Refusal | None = self.apply("create", (ids,))
        return refusal

    async def publish(
        self, ids: tuple[bytes, ...], text: bytes, store: bool, event_id: bytes | None = None, event_type: bytes | None = None
    ) -> tuple[ChannelInfo, ...] | Refusal:
        """See SharedZone.publish."""
        result: tuple[ChannelInfo, ...] | Refusal = self.apply("publish", (ids, text, store, event_id, event_type))
        return result

    async def subscribe(self, subscription: Subscription) -> Subscribed | Refusal:
        """See SharedZone.subscribe."""
        result: Subscribed | Refusal = self.apply("subscribe", (self.pid, subscription))
        return result

    def unsubscribe(self, ids: tuple[bytes, ...]) -> None:
        """See SharedZone.unsubscribe."""
        self.apply("unsubscribe", (self.pid, ids))

    async def delete(self, ids: tuple[bytes, ...], text: bytes | None = None) -> bool:
        """See SharedZone.delete."""
        found: bool = self.apply("delete", (ids, text))
        return found

    async def channels_info(self, ids: tuple[bytes, ...]) -> Listing:
        """See SharedZone.channels_info."""
        return self.zone.channels_info(ids, int(self._clock.now()))

    async def channels(self, prefix: bytes = b"") -> Listing:
        """See SharedZone.channels."""
        return self.zone.channels(prefix, int(self._clock.now()))

    async def summary(self) -> Summary:
        """See SharedZone.summary."""
        return self.zone.summary(int(self._clock.now()))

    def _collect(self) -> None:
        self.start()
        self.apply("collect", ())

    def _collect_messages(self) -> None:
        self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        self.apply("collect_messages", ())
