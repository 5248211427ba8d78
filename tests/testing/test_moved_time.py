"""ngxpush.testing.moved_time: all that is due happens, in its order and at its time."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

from ngxpush.testing.moved_time import MovedTime

_HOUR = 3600.0


def _run(play: Callable[[MovedTime, asyncio.AbstractEventLoop, asyncio.Event], None]) -> None:
    """Call `play` in an event loop of a moved time, which ends when `play` has set the event."""
    moved = MovedTime()

    async def serving() -> None:
        done = asyncio.Event()
        play(moved, asyncio.get_running_loop(), done)
        await done.wait()

    moved.run(serving())


def test_timers_run_at_their_times_and_in_their_order() -> None:
    seen: list[tuple[str, int]] = []

    def play(moved: MovedTime, loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        began = loop.time()

        def note(name: str) -> None:
            seen.append((name, round(loop.time() - began)))

        def every_20_minutes() -> None:
            note("every 20 minutes")
            loop.call_later(_HOUR / 3, every_20_minutes)

        loop.call_later(_HOUR / 3, every_20_minutes)
        loop.call_later(_HOUR / 2, note, "after half an hour")
        loop.call_later(_HOUR + 1, note, "too late")
        moved.advance(_HOUR)
        moved.when_idle(lambda: note("idle"))
        moved.when_idle(done.set)

    _run(play)
    assert seen == [
        ("every 20 minutes", 1200),
        ("after half an hour", 1800),
        ("every 20 minutes", 2400),
        ("every 20 minutes", 3600),
        ("idle", 3600),
    ]


def test_what_a_timer_begins_is_done_before_the_next_one() -> None:
    seen: list[str] = []

    def play(moved: MovedTime, loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        async def two_turns() -> None:
            await asyncio.sleep(0)
            seen.append("after two turns")

        tasks: list[asyncio.Task[None]] = []
        loop.call_later(10, lambda: tasks.append(loop.create_task(two_turns())))
        loop.call_later(10.001, seen.append, "next timer")
        moved.advance(20)
        moved.when_idle(done.set)

    _run(play)
    assert seen == ["after two turns", "next timer"]


def test_the_time_of_day_is_moved_too_and_stays_ahead() -> None:
    days: list[float] = []

    def play(moved: MovedTime, loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        moved.advance(_HOUR)
        moved.advance(_HOUR)
        moved.when_idle(lambda: days.append(moved.wall() - time.time()))
        moved.when_idle(done.set)

    _run(play)
    assert round(days[0]) == 2 * _HOUR


def test_bytes_that_are_there_are_read_before_the_loop_is_idle() -> None:
    seen: list[bytes | str] = []

    def play(moved: MovedTime, loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        ours, theirs = socket.socketpair()

        def read() -> None:
            seen.append(ours.recv(10))
            loop.remove_reader(ours)
            ours.close()

        loop.add_reader(ours, read)
        moved.when_idle(lambda: seen.append("idle"))
        moved.when_idle(done.set)
        theirs.sendall(b"bytes")
        theirs.close()

    _run(play)
    assert seen == [b"bytes", "idle"]
