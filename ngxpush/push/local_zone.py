"""A zone in the same process: the zone of a single worker, or the master's, which serves several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from .lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL, SLICE_INTERVAL
from .operations import Change, Collect, CollectMessages, Create, Forget, Publish, Recipient, ZoneOperation, is_change
from .question import Clock, Timer
from .zone import Zone

R = TypeVar("R")

_InSlices = Collect | CollectMessages | Forget


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

    What takes long is done in slices (push/lifetimes.py), with other operations in between: a turn of a timer or a `Forget`, of
    which each slice is an operation, and what a new configuration leaves to do.
    """

    __slots__ = (
        "_carrying",
        "_clock",
        "_collecting",
        "_collecting_messages",
        "_failures",
        "_no_memory",
        "_recorder",
        "_slices",
        "zone",
    )

    waits = False

    def __init__(
        self, zone: Zone, clock: Clock, recorder: ChangeRecorder | None = None, no_memory: Callable[[], None] = _ignore
    ) -> None:
        self.zone = zone
        self._clock = clock
        self._recorder = recorder
        self._no_memory = no_memory
        self._failures = zone.memory_failures
        self._slices: dict[_InSlices, Timer] = {}
        self._carrying: Timer | None = None
        self._collecting: Timer | None = None
        self._collecting_messages: Timer | None = None

    def start(self) -> None:
        """Begin the zone's timer, which runs from the start of a worker."""
        self._await_collect()
        self._carry_on_later()
        for worker in self.zone.gone:
            self._go_on_later(Forget(worker))

    def go_on_with(self, zone: Zone) -> None:
        """A configuration has come: it has made this zone, or changed it."""
        self.zone = zone
        self._failures = zone.memory_failures
        self._carry_on_later()

    def stop(self) -> None:
        """End the timers, and the recorder's work."""
        for timer in (self._carrying, self._collecting, self._collecting_messages, *self._slices.values()):
            if timer is not None:
                timer.cancel()
        self._carrying = self._collecting = self._collecting_messages = None
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
            return None  # type: ignore[return-value]
        now = int(self._clock.now())
        if self._recorder is not None and is_change(operation):
            self._recorder.record(operation, now)
        if type(operation) is Publish and self._collecting_messages is None:
            self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        result = self.zone.do(operation, now)
        if result is True and isinstance(operation, _InSlices):
            self._go_on_later(operation)
        if self._failures != self.zone.memory_failures:
            self._report_failures()
        return result

    def _report_failures(self) -> None:
        while self._failures < self.zone.memory_failures:
            self._failures += 1
            self._no_memory()

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do. It never waits."""
        return self.do_at_once(operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post."""
        self.do_at_once(operation)

    def _carry_on_later(self) -> None:
        if self._carrying is None:
            self._carrying = self._clock.call_later(SLICE_INTERVAL, self._carry_on)

    def _carry_on(self) -> None:
        self._carrying = None
        if self.zone.carry_on():
            self._carry_on_later()

    def _await_collect(self) -> None:
        self._collecting = self._clock.call_later(COLLECT_INTERVAL, self._collect)

    def _collect(self) -> None:
        self._await_collect()
        self._do_slices(Collect())

    def _collect_messages(self) -> None:
        self._collecting_messages = self._clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        self._do_slices(CollectMessages())

    def _do_slices(self, operation: _InSlices) -> None:
        """Do the first slice of an operation, and have the others follow, unless they follow already."""
        if operation not in self._slices:
            self.do_at_once(operation)

    def _go_on_later(self, operation: _InSlices) -> None:
        if operation not in self._slices:
            self._slices[operation] = self._clock.call_later(SLICE_INTERVAL, partial(self._go_on, operation))

    def _go_on(self, operation: _InSlices) -> None:
        del self._slices[operation]
        self.do_at_once(operation)
