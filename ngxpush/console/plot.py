"""Plots of the last minutes: lines of SVG."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

WIDTH = 600
HEIGHT = 120


class Plot(Struct, frozen=True):
    """A plot. points: for `polyline`, in a box of WIDTH × HEIGHT.  now, most: the newest value, and the top of the box."""

    title: str
    points: str
    now: int
    most: int


def plot(title: str, values: Sequence[int], kept: int) -> Plot:
    """The plot of one value for each second; the newest is at the right edge, and there is room for `kept` ones."""
    most = _round_up(max(values, default=0))
    step = WIDTH / (kept - 1)
    begin = WIDTH - step * (len(values) - 1)
    points = " ".join(f"{begin + step * number:.1f},{HEIGHT - HEIGHT * value / most:.1f}" for number, value in enumerate(values))
    return Plot(title, points, values[-1] if values else 0, most)


def _round_up(value: int) -> int:
    """1, 2 or 5 with zeros: the next one that is as high."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= value:
                return digit * power
        power *= 10
