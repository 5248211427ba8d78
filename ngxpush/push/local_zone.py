"""A zone in the same process: the zone of a single worker, or the master's, which serves several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from .lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL, SLICE_INTERVAL
from .operations import Change, Collect, CollectMessages, Create, Publish, Recipient, ZoneOperation, is_change
from .question import Clock, Timer
from .zone import Zone

R = TypeVar("R")


class ChangeRecorder(Protocol):
    """A journal of the zone's changes."""

    def record(self, operation: Change, now: int) -> None:
        """Record a change and its time (whole seconds since the epoch), before it is done."""

    def stop(self) -> None:
        """The zone changes no more here."""


def _ignore() -> None:
    """No one wants to know."""


class LocalZone:
    """A SharedZone (push/operations.py), and the timers of the zone. recorder: of the journal, if one is kept.
    no_memory: called each time something does not fit into the zone's memory.

    A turn of a timer is done in slices (push/lifetimes.py): each is an operation, with others in between.
    """

    __slots__ = ("_clock", "_collecting", "_collecting_messages", "_failures", "_no_memory", "_recorder", "_slices", "zone")

    def __init__(
        self, zone: Zone, clock: Clock, recorder: ChangeRecorder | None = None, no_memory: Callable[[], None] = _ignore
    ) -> None:
        self.zone = zone
        self._clock = clock
        self._recorder = recorder
        self._no_memory = no_memory
        self._failures = zone.memory_failures
        self._slices: dict[type[Collect | CollectMessages], Timer] = {}
        self._collecting: Timer | None = None
        self._collecting_messages: Timer | None = None

    def start(self) -> None:
        """Begin the zone's timer, which runs from the start of a worker."""
        self._collecting = self._clock.call_later(COLLECT_INTERVAL, self._collect)

    def stop(self) -> None:
        """End the timers, and the recorder's work."""
        for timer in (self._collecting, self._collecting_messages, *self._slices.values()):
            if timer is not None:
                timer.cancel()
        self._collecting = self._collecting_messages = None
        self._slices.clear()
        if self._recorder is not None:
            self._recorder.stop()

    def listen(self, worker: str, recipient: Recipient) -> None:
        """See SharedZone.listen."""
        self.zone.recipients[worker] = recipient

    def do_at_once(self, operation: ZoneOperation[R]) -> R:
        """Do an operation at once, whichever worker asks for it. Returns its result."""
        if type(operation) is Create and self.zone.has(operation.channels):
            # Each publisher makes its channels first, and most exist already: nothing changes.
            return cast(R, None)
        now = int(self._clock.now())
        if self._recorder is not None and is_change(operation):
            self._recorder.record(operation, now)
        if type(operation) is Publish and self._collecting_messages is None:
            self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        result = self.zone.do(operation, now)
        while self._failures < self.zone.memory_failures:
            self._failures += 1
            self._no_memory()
        return result

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do. It never waits."""
        return self.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post."""
        self.do_at_once(operation)

    def _collect(self) -> None:
        self.start()
        self._do_slices(Collect)

    def _collect_messages(self) -> None:
        self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        self._do_slices(CollectMessages)

    def _do_slices(self, collect: type[Collect | CollectMessages]) -> None:
        """Do the first slice of a timer's work, and have the others follow. One turn of a timer at a time."""
        if collect not in self._slices:
            self._do_slice(collect)

    def _do_slice(self, collect: type[Collect | CollectMessages]) -> None:
        self._slices.pop(collect, None)
        if self.do_at_once(collect()):
            self._slices[collect] = self._clock.call_later(SLICE_INTERVAL, lambda: self._do_slice(collect))
