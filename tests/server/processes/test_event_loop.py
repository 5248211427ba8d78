"""ngxpush.server.processes.event_loop."""

from __future__ import annotations

import asyncio

from ngxpush.server.processes.event_loop import LoopClock


def test_the_time_of_day_is_the_wall_clocks_and_timers_are_the_loops() -> None:
    async def use() -> float:
        clock, called = LoopClock(asyncio.get_running_loop(), lambda: 12.5), asyncio.Event()
        clock.call_later(0, called.set)
        await called.wait()
        return clock.now()

    assert asyncio.run(use()) == 12.5
