"""The clock of the push engine in a process that serves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class LoopClock:
    """The wall clock and the loop's timers (push.question.Clock)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.now: Callable[[], float] = time.time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        return self._loop.call_later(seconds, callback)
