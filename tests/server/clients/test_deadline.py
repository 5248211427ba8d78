"""A timer that is moved on."""

from __future__ import annotations

from typing import cast

from ngxpush.server.clients.deadline import Deadline

from ..fakes import FakeLoop


def make() -> tuple[FakeLoop, Deadline, list[str]]:
    loop = FakeLoop()
    return loop, Deadline(cast("object", loop)), []  # type: ignore[arg-type]


def test_it_fires_once() -> None:
    loop, deadline, seen = make()
    deadline.set(5, lambda: seen.append("x"))
    loop.advance(4)
    assert not seen
    loop.advance(10)
    assert seen == ["x"]


def test_moving_it_on_costs_no_new_timer() -> None:
    loop, deadline, seen = make()
    for second in range(5):
        deadline.set(10, lambda: seen.append("late"))
        assert loop.pending == 1
        loop.advance(1)
        assert second is not None
    loop.advance(8)
    assert not seen
    loop.advance(1)
    assert seen == ["late"]


def test_an_earlier_time_is_kept() -> None:
    loop, deadline, seen = make()
    deadline.set(60, lambda: seen.append("a"))
    deadline.set(1, lambda: seen.append("b"))
    loop.advance(100)
    assert seen == ["b"]


def test_cleared_and_cancelled() -> None:
    loop, deadline, seen = make()
    deadline.set(1, lambda: seen.append("a"))
    deadline.clear()
    loop.advance(2)
    deadline.set(1, lambda: seen.append("b"))
    deadline.cancel()
    assert loop.pending == 0
    loop.advance(2)
    assert not seen
