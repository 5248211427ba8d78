"""The event loop of a process that serves, and where it takes its time.

The time of day comes from a wall clock, all that lasts or waits from the loop. Tests of other programs move both (`testing`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

WallClock = Callable[[], float]
"""Returns the time of day: seconds since the epoch."""

RunLoop = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a coroutine in an event loop of its own, to its end."""


def _run_of_loop() -> RunLoop:
    """asyncio.run, on uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


RUN_LOOP = _run_of_loop()


class LoopClock:
    """A wall clock and the loop's timers (push.question.Clock)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, now: WallClock) -> None:
        self._loop = loop
        self.now = now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, callback)
