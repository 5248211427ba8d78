"""The clock of a worker. As nginx's it stands still within a turn of the event loop.

nginx looks at the clock when it has waited for events, and counts whole milliseconds. So what one turn does takes no time at all:
$request_time of a request that is served at once is 0.000 (nginx-tests: limit_req_delay).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class LoopClock:
    """The wall clock and the loop's timers (push.question.Clock)."""

    __slots__ = ("_loop", "_now", "_turn")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._turn = 0.0
        self._now = 0.0

    def now(self) -> float:
        """The time of this turn: seconds since the epoch, in whole milliseconds."""
        turn = self._loop.time()  # uvloop's own clock stands still within a turn; asyncio's does not
        if turn != self._turn:
            self._turn = turn
            self._now = time.time_ns() // 1_000_000 / 1000
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Call back after so many seconds."""
        return self._loop.call_later(seconds, callback)
