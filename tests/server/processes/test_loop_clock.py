"""A worker's clock stands still within a turn of the loop."""

from __future__ import annotations

import time

import pytest

from ngxpush.server.processes.loop_clock import LoopClock


class TurningLoop:
    """A loop whose turns the test makes."""

    turn = 1.0

    def time(self) -> float:
        return self.turn


def test_the_time_is_that_of_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = TurningLoop()
    clock = LoopClock(loop)  # type: ignore[arg-type]
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_123_999_999)
    assert clock.now() == 1_700_000_000.123  # whole milliseconds, rounded down
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_456_000_000)
    assert clock.now() == 1_700_000_000.123
    loop.turn = 1.001
    assert clock.now() == 1_700_000_000.456
