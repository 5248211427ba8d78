"""The clock of the push engine."""

from __future__ import annotations

import asyncio
import time

from ngxpush.server.system.loop_clock import LoopClock


async def _called() -> tuple[float, float, float]:
    clock = LoopClock(asyncio.get_running_loop())
    came = asyncio.Event()
    clock.call_later(60, came.clear).cancel()
    clock.call_later(0, came.set)
    before = time.time()
    await came.wait()
    return before, clock.now(), time.time()


def test_it_shows_the_time_and_calls() -> None:
    before, now, after = asyncio.run(_called())
    assert before <= now <= after
