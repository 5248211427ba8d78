"""A timer that is usually moved before it expires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# Seconds: when less than this is left, the timer does not wait again.
_EARLY = 0.001


class Deadline:
    """Calls a function at a time, unless that time is moved or cleared before.

    Each request on a busy connection moves it several times. So the loop's timer is kept as long as it fires early enough; when
    it fires too early, it is set again for the rest.

    at: the time, on the loop's clock; None when nothing is called.
    """

    __slots__ = ("_expired", "_loop", "_timer", "at")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.at: float | None = None
        self._expired: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, expired: Callable[[], None]) -> None:
        """Call `expired` after `seconds`, in place of what was set before."""
        self.move(self._loop.time() + max(seconds, 0), expired)

    def move(self, at: float | None, expired: Callable[[], None]) -> None:
        """Call `expired` at that time of the loop's clock, in place of what was set before. None: call nothing."""
        if at is None:
            self.clear()
            return
        self.at = at
        self._expired = expired
        if self._timer is not None and self._timer.when() > at + _EARLY:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(at, self._fire)

    def clear(self) -> None:
        """Call nothing."""
        self.at = None
        self._expired = None

    def cancel(self) -> None:
        """Call nothing, and cancel the loop's timer."""
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        expired = self._expired
        if self.at is None or expired is None:
            return
        if self._loop.time() < self.at - _EARLY:
            self._timer = self._loop.call_at(self.at, self._fire)
            return
        self.clear()
        expired()
