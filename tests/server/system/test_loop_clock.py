"""The clock of the push engine."""

from __future__ import annotations

import asyncio
import time
from typing import Any

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


async def _order() -> list[str]:
    """What is called, in its order."""
    loop = asyncio.get_running_loop()
    clock, called, done = LoopClock(loop), list[str](), asyncio.Event()
    at = loop.time()
    loop.time = lambda: at  # type: ignore[method-assign]
    calls = {}
    for name in ("a", "b", "c", "d"):
        calls[name] = clock.call_later(1, lambda name=name: called.append(name))  # type: ignore[misc]
    clock.call_later(2, done.set)
    calls["a"].cancel()  # the timer of all is that of the first
    calls["c"].cancel()
    del loop.time  # type: ignore[method-assign]
    await done.wait()
    return called


def test_calls_of_one_length_come_in_their_order_without_those_cancelled() -> None:
    assert asyncio.run(_order()) == ["b", "d"]


async def _timers() -> int:
    """How many timers of the loop three calls take, whose time is as a directive gives it."""
    loop, timers = asyncio.get_running_loop(), list[float]()
    call_at = loop.call_at

    def counted(when: float, *call: Any) -> asyncio.TimerHandle:
        timers.append(when)
        return call_at(when, *call)

    loop.call_at = counted  # type: ignore[method-assign, assignment]
    clock = LoopClock(loop)
    for _ in range(3):
        clock.call_later(60.0, timers.clear).cancel()
    return len(timers)


def test_calls_of_one_length_share_a_timer() -> None:
    assert asyncio.run(_timers()) == 1


async def _failing() -> tuple[list[str], list[str]]:
    loop = asyncio.get_running_loop()
    failed, called, done = list[str](), list[str](), asyncio.Event()
    loop.set_exception_handler(lambda loop, context: failed.append(str(context["exception"])))
    clock = LoopClock(loop)

    def fail() -> None:
        later.cancel()
        raise ValueError("no")

    clock.call_later(1, fail)
    later = clock.call_later(1, lambda: called.append("cancelled"))
    clock.call_later(1, lambda: called.append("next"))
    clock.call_later(1, done.set)
    await done.wait()
    return failed, called


def test_a_call_that_fails_spoils_no_other() -> None:
    assert asyncio.run(_failing()) == (["no"], ["next"])
