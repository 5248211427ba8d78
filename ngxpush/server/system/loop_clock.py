"""The clock of the push engine in a process that serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class LoopClock:
    """A wall clock and the loop's timers (push.question.Clock)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float] = time.time) -> None:
        self._loop = loop
        self.now = now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, callback)
