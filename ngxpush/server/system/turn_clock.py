"""The time as nginx knows it: it looks at the clock once in each turn of its event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


def turn_clock(loop: asyncio.AbstractEventLoop) -> Callable[[], float]:
    """A function that returns seconds since the epoch: what is served within one turn takes no time (`$request_time` 0.000).

    uvloop's own clock stands during a turn, which tells one turn from the next. With asyncio's loop the time goes on.
    """
    turn, now = -1.0, 0.0

    def look() -> float:
        nonlocal turn, now
        this_turn = loop.time()
        if this_turn != turn:
            turn, now = this_turn, time.time()
        return now

    return look
