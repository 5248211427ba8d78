"""The clock of the push engine in a process that serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# Seconds: what is due so soon is done now. The loop's timers count milliseconds.
_EARLY = 0.001


class DueCall:
    """A call to come (push.question.Timer). at: the time on the loop's clock."""

    __slots__ = ("_calls", "at", "callback")

    def __init__(self, calls: dict[DueCall, None], at: float, callback: Callable[[], None]) -> None:
        self._calls = calls
        self.at = at
        self.callback = callback

    def cancel(self) -> None:
        self._calls.pop(self, None)


class _Calls:
    """Calls that all come after the same number of seconds, so in the order in which they were asked for."""

    __slots__ = ("_calls", "_loop", "_seconds", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: int) -> None:
        self._loop = loop
        self._seconds = seconds
        self._calls: dict[DueCall, None] = {}
        self._timer: asyncio.TimerHandle | None = None  # for the first of them, or for one that was cancelled meanwhile

    def add(self, callback: Callable[[], None]) -> DueCall:
        call = DueCall(self._calls, self._loop.time() + self._seconds, callback)
        self._calls[call] = None
        if self._timer is None:
            self._timer = self._loop.call_at(call.at, self._due)
        return call

    def _due(self) -> None:
        calls, latest = self._calls, self._loop.time() + _EARLY
        for call in tuple(calls):
            if call.at > latest:
                break
            if call in calls:  # another one has not cancelled it
                del calls[call]
                self._make(call)
        first = next(iter(calls), None)
        self._timer = None if first is None else self._loop.call_at(first.at, self._due)

    def _make(self, call: DueCall) -> None:
        """Make a call. The others come even if it fails, as with the loop's own timers."""
        try:
            call.callback()
        except Exception as error:
            self._loop.call_exception_handler({"message": f"{call.callback!r} failed", "exception": error})


class LoopClock:
    """A wall clock and the loop's timers (push.question.Clock).

    Subscribers wait for whole seconds, the same for all of a location. A timer of the loop for each would cost a long-polling
    client more than the rest of its registration, and hundreds of bytes. So those of one length share one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float] = time.time) -> None:
        self._loop = loop
        self._calls: dict[int, _Calls] = {}
        self.now = now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> DueCall | asyncio.TimerHandle:
        if type(seconds) is not int or not seconds:
            return self._loop.call_later(seconds, callback)
        calls = self._calls.get(seconds)
        if calls is None:
            calls = self._calls[seconds] = _Calls(self._loop, seconds)
        return calls.add(callback)
