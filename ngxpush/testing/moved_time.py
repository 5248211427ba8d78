"""The clock of a server that a test runs: it goes on as all clocks do, and a test moves it forward.

The event loop's own time is moved, so every timer follows: those of messages, pings and connections alike. It is moved from one
timer to the next, and each does its work before the next one is due: what happens within a moved hour happens in its order and at
its time. All is done when the loop would wait: it has nothing to do, and no client has sent anything.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any


class MovedTime:
    """A wall clock and the time of an event loop, both so many seconds ahead of this machine's.

    is_busy: whether an answer is awaited that comes by the clock of another machine; until then the time is not moved.
    """

    def __init__(self) -> None:
        self.is_busy: Callable[[], bool] = lambda: False
        self._ahead = 0.0
        self._left = 0.0
        self._waiting: list[Callable[[], None]] = []

    def wall(self) -> float:
        """The time of day: seconds since the epoch."""
        return time.time() + self._ahead

    def monotonic(self) -> float:
        """The time of the event loop, in seconds."""
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the time forward, from one timer of the loop to the next."""
        self._left += seconds

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call it when the time is moved as far as it has to be, and the loop has nothing to do."""
        self._waiting.append(callback)

    def idle(self, seconds: float | None) -> bool:
        """The loop would wait so long for its next timer; None: it has no timer. Returns whether it has to look again instead."""
        if self.is_busy():
            return False
        if self._left > 0:
            step = self._left if seconds is None else min(self._left, seconds)
            self._ahead += step
            self._left -= step
            return True
        waiting, self._waiting = self._waiting, []
        for callback in waiting:
            callback()
        return bool(waiting)

    def run(self, serving: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end in an event loop that has this time."""
        with asyncio.Runner(loop_factory=lambda: _MovedLoop(self)) as runner:
            runner.run(serving)


class _IdleSelector(selectors.DefaultSelector):
    """A selector that says before it waits."""

    def __init__(self, idle: Callable[[float | None], bool]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        ready = super().select(0)
        if ready or self._idle(timeout):
            return ready
        return super().select(timeout)


class _MovedLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, which asks its `time` for everything."""

    def __init__(self, moved: MovedTime) -> None:
        super().__init__(_IdleSelector(moved.idle))
        self._moved = moved

    def time(self) -> float:
        return self._moved.monotonic()
