"""A zone in the same process: the zone of a single worker, or the master's, which serves several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL
from .operations import Change, Collect, CollectMessages, Create, Publish, Recipient, ZoneOperation, is_change
from .question import Clock, Timer
from .zone import Zone

R = TypeVar("R")

Record = Callable[[Change, int], None]
"""Records a change and its time (whole seconds since the epoch), before the change is done."""


class LocalZone:
    """A SharedZone (push/operations.py), and the timers of the zone. record: the journal, if one is kept."""

    __slots__ = ("_clock", "_collecting", "_collecting_messages", "_record", "zone")

    def __init__(self, zone: Zone, clock: Clock, record: Record | None = None) -> None:
        self.zone = zone
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

    def listen(self, worker: str, recipient: Recipient) -> None:
        """See SharedZone.listen."""
        self.zone.recipients[worker] = recipient

    def do_at_once(self, operation: ZoneOperation[R]) -> R:
        """Do an operation at once, whichever worker asks for it. Returns its result."""
        now = int(self._clock.now())
        if self._record is not None and is_change(operation) and not self._is_done(operation):
            self._record(operation, now)
        if type(operation) is Publish and self._collecting_messages is None:
            self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        return self.zone.do(operation, now)

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do. It never waits."""
        return self.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post."""
        self.do_at_once(operation)

    def _is_done(self, operation: Change) -> bool:
        """Whether an operation would change nothing. Each publisher makes its channels first, and most exist already."""
        return type(operation) is Create and self.zone.has(operation.channels)

    def _collect(self) -> None:
        self.start()
        self.do_at_once(Collect())

    def _collect_messages(self) -> None:
        self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        self.do_at_once(CollectMessages())
