"""A plot of figures as SVG: for each figure a row for each server, with a dot on a logarithmic axis and its value.

It has no background and follows the reader's choice of light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH = 860
_LEFT, _RIGHT = 170, 700  # of the axis
_ROW, _TITLE, _GAP = 19, 24, 13
_TOP, _BOTTOM = 62, 30
_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #57606a; }
.heading { font-size: 17px; font-weight: 600; fill: #1f2328; }
.title { font-weight: 600; fill: #1f2328; }
.own { fill: #0f7b3f; font-weight: 600; }
.grid { stroke: #8c959f; stroke-opacity: 0.25; }
.stem { stroke-width: 3; stroke-linecap: round; stroke-opacity: 0.45; }
.ngxpush { stroke: #1a9c54; fill: #1a9c54; }
.c { stroke: #6e7f96; fill: #6e7f96; }
.python { stroke: #c77f1a; fill: #c77f1a; }
.tick { font-size: 11px; }
@media (prefers-color-scheme: dark) {
  text { fill: #9da7b3; }
  .heading, .title { fill: #e6edf3; }
  .own { fill: #3fca7a; }
}
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One server's value. kind: ngxpush, c or python."""

    server: str
    kind: str
    value: float


@dataclass(frozen=True, slots=True)
class Group:
    """One figure: its title and the marks, the smallest value first or as the reader expects them."""

    title: str
    marks: Sequence[Mark]


def plot(heading: str, unit: str, groups: Sequence[Group]) -> str:
    """The document. All groups share the axis, in `unit`; smaller is better, and the plot says so."""
    values = [mark.value for group in groups for mark in group.marks]
    low, high = math.log10(min(values) / 1.5), math.log10(max(values))
    height = _TOP + _BOTTOM + sum(_TITLE + _ROW * len(group.marks) + _GAP for group in groups)

    def place(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (math.log10(value) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(heading)}</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="heading" x="12" y="26">{escape(heading)}</text>',
        f'<text x="12" y="48">{escape(unit)}; the axis is logarithmic. ◀ Further left is better.</text>',
    ]
    ticks = [step * 10**power for power in range(math.floor(low), math.ceil(high)) for step in (1, 2, 5)]
    parts += (_tick(tick, place(tick), height) for tick in ticks if low <= math.log10(tick) <= high)
    y = _TOP
    for group in groups:
        parts += _group(group, y, [place(mark.value) for mark in group.marks])
        y += _TITLE + _ROW * len(group.marks) + _GAP
    return "\n".join([*parts, "</svg>\n"])


def _tick(value: float, x: float, height: int) -> str:
    bottom = height - _BOTTOM
    return (
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
        f'<text class="tick" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{value:,g}</text>'
    )


def _group(group: Group, y: int, places: Sequence[float]) -> list[str]:
    parts = [f'<text class="title" x="12" y="{y + 15}">{escape(group.title)}</text>']
    own = next((mark.value for mark in group.marks if mark.kind == "ngxpush"), None)
    for number, (mark, x) in enumerate(zip(group.marks, places, strict=True)):
        middle = y + _TITLE + _ROW * number + _ROW / 2
        text = "own" if mark.kind == "ngxpush" else "other"
        parts += [
            f'<text class="{text}" x="{_LEFT - 12}" y="{middle + 4}" text-anchor="end">{escape(mark.server)}</text>',
            f'<line class="stem {mark.kind}" x1="{_LEFT}" x2="{x:.1f}" y1="{middle}" y2="{middle}"/>',
            f'<circle class="{mark.kind}" cx="{x:.1f}" cy="{middle}" r="5"/>',
            f'<text class="{text}" x="{x + 11:.1f}" y="{middle + 4}">{number_of(mark.value)}{_times(mark, own)}</text>',
        ]
    return parts


def _times(mark: Mark, own: float | None) -> str:
    """How many times the value of ngxpush it is, or which part of it."""
    if own is None or mark.kind == "ngxpush":
        return ""
    ratio = mark.value / own
    return f"  ({number_of(ratio)} × ngxpush)" if ratio >= 0.6 else f"  (1/{1 / ratio:.0f} of ngxpush)"


def number_of(value: float) -> str:
    """A number with two or three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2g}" if value < 1 else f"{value:.1f}"
