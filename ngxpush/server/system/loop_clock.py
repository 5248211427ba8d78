"""The clock of the push engine in a process that serves."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from itertools import takewhile

from msgspec import Struct

# Seconds: what is due so soon is done now. The loop's timers count milliseconds.
_EARLY = 0.001


class DueCall(Struct, eq=False):
    """A call to come (push.question.Timer). at: the time on the loop's clock.  calls: those that are to come, with this one.

    callback: None once it has come or is cancelled: who waits for it has this object, so each would keep the other.
    """

    calls: OrderedDict[DueCall, None]
    at: float
    callback: Callable[[], None] | None

    def cancel(self) -> None:
        self.calls.pop(self, None)
        self.callback = None


class _Calls:
    """Calls that all come after the same number of seconds, so in the order in which they were asked for.

    timer: for the first of them, or for one that was cancelled meanwhile.
    calls: a plain dict would pass over all that are gone to find its first one.
    """

    __slots__ = ("_loop", "calls", "timer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.calls: OrderedDict[DueCall, None] = OrderedDict()
        self.timer: asyncio.TimerHandle | None = None

    def set_timer(self, call: DueCall) -> None:
        """Set the timer for the first call."""
        self.timer = self._loop.call_at(call.at, self._due)

    def _due(self) -> None:
        calls, latest = self.calls, self._loop.time() + _EARLY
        for call in tuple(takewhile(lambda call: call.at <= latest, calls)):
            callback = call.callback
            if callback is not None:  # another one has not cancelled it
                call.cancel()
                self._call(callback)
        first = next(iter(calls), None)
        self.timer = None
        if first is not None:
            self.set_timer(first)

    def _call(self, callback: Callable[[], None]) -> None:
        """Make a call. The others come even if it fails, as with the loop's own timers."""
        try:
            callback()
        except Exception as error:
            self._loop.call_exception_handler({"message": f"{callback!r} failed", "exception": error})


class LoopClock:
    """A wall clock and the loop's timers (push.question.Clock).

    Subscribers wait for whole seconds, the same for all of a location. A timer of the loop for each would cost a long-polling
    client more than the rest of its registration, and hundreds of bytes. So those of one length share one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float] = time.time) -> None:
        self._loop = loop
        self._calls: dict[float, _Calls] = {}
        self.now = now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> DueCall | asyncio.TimerHandle:
        if seconds < 1 or seconds % 1:
            return self._loop.call_later(seconds, callback)
        same = self._calls.get(seconds)
        if same is None:
            same = self._calls[seconds] = _Calls(self._loop)
        call = DueCall(same.calls, self._loop.time() + seconds, callback)
        same.calls[call] = None
        if same.timer is None:
            same.set_timer(call)
        return call
