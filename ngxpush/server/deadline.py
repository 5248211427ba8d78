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
    """

    __slots__ = ("_at", "_expired", "_loop", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._at: float | None = None
        self._expired: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, expired: Callable[[], None]) -> None:
        """Call `expired` after so many seconds, and nothing that was set before."""
        at = self._at = self._loop.time() + max(seconds, 0)
        self._expired = expired
        if self._timer is not None and self._timer.when() > at + _EARLY:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(at, self._fire)

    def clear(self) -> None:
        """Call nothing."""
        self._at = self._expired = None

    def cancel(self) -> None:
        """Call nothing, and let the loop's timer go."""
        self.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        expired = self._expired
        if self._at is None or expired is None:
            return
        if self._loop.time() < self._at - _EARLY:
            self._timer = self._loop.call_at(self._at, self._fire)
            return
        self.clear()
        expired()
