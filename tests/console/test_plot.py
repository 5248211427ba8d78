"""Plots."""

from __future__ import annotations

import pytest

from ngxpush.console.plot import HEIGHT, WIDTH, plot


def test_the_newest_value_is_at_the_right() -> None:
    drawn = plot("subscribers", [0, 50, 100], 5)
    assert (drawn.title, drawn.now, drawn.most) == ("subscribers", 100, 100)
    points = [tuple(map(float, point.split(","))) for point in drawn.points.split()]
    assert points == [(WIDTH / 2, HEIGHT), (WIDTH * 3 / 4, HEIGHT / 2), (WIDTH, 0)]


def test_nothing_yet() -> None:
    assert plot("x", [], 5).points == ""


@pytest.mark.parametrize(("value", "most"), [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (101, 200), (499, 500), (7001, 10000)])
def test_the_top(value: int, most: int) -> None:
    assert plot("x", [value], 5).most == most
