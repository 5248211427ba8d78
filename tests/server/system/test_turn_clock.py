"""The clock that stands within a turn of the event loop."""

from __future__ import annotations

import asyncio
import time

import pytest

from ngxpush.server.system.turn_clock import turn_clock


def test_the_time_stands_within_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    looks = iter((1.0, 1.0, 1.001))
    times = iter((100.5, 100.7))
    monkeypatch.setattr(loop, "time", looks.__next__)
    monkeypatch.setattr(time, "time", times.__next__)
    now = turn_clock(loop)
    assert [now(), now(), now()] == [100.5, 100.5, 100.7]
    loop.close()
