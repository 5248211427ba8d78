"""The model of how channels in Redis grow."""

from __future__ import annotations

import pytest

from benchmarks.redis_growth import Costs, Load, capacity, main

_COSTS = Costs(publish=100, heard=20, delivery=10, redis_publish=50, redis_push=5, redis_hold=10)


def test_servers_that_have_subscribers_of_a_channel() -> None:
    assert Load(1_000_000, 1, 8).reached == pytest.approx(8)  # all have
    assert Load(1000, 1000, 8).reached == pytest.approx(1)  # only one has the one subscriber
    assert 1 < Load(3000, 1000, 8).reached < 3


def test_deliveries_are_limited_by_servers() -> None:
    found = capacity(Load(10_000, 1, 2), _COSTS)
    assert found.limit == "the servers"
    assert found.messages == pytest.approx(0.7e6 / ((100 + 40 + 100_000) / 2))


def test_many_small_channels_are_limited_by_redis() -> None:
    one, three = (capacity(Load(100_000, 100_000, 64, redis), _COSTS) for redis in (1, 3))
    assert (one.limit, one.messages) == ("Redis", pytest.approx(0.7e6 / 55))
    assert three.messages == pytest.approx(3 * one.messages)
    assert one.return_seconds == pytest.approx(1)


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    main([word for name in Costs.__struct_fields__ for word in (f"--{name.replace('_', '-')}", "10")])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 3 * 3 * 7
    assert lines[2] == "| 10,000 | 1 | 1 | 7.0 | 69,986 | the servers | 0.0 |"
