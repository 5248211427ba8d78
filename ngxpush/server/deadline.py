"""A timer that is mostly moved on before it expires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# Less than this is no reason to wait once more, in seconds.
_EARLY = 0.001


class Deadline:
    """Calls back when a time has come that nobody has moved or cleared.

    Requests on a busy connection move it several times each, so the loop's timer is left alone where it is early enough: it
    looks, when it fires, how much is left.

    at: the time, on the loop's clock; None for none.
    """

    __slots__ = ("_expired", "_loop", "_timer", "at")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.at: float | None = None
        self._expired: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, expired: Callable[[], None]) -> None:
        """Call `expired` after so many seconds, and nothing that was set before."""
        self.move(self._loop.time() + max(seconds, 0), expired)

    def move(self, at: float | None, expired: Callable[[], None]) -> None:
        """Call `expired` at that time of the loop's clock, and nothing that was set before. None: call nothing."""
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
        """Call nothing, and let the loop's timer go."""
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
