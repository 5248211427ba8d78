"""The plot."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from benchmarks.plot import Group, Mark, plot

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = [
    Group("A <delivery>", [Mark("ngxpush", "ngxpush", 5.0), Mark("nchan", "c", 1.0), Mark("websockets", "python", 500.0)]),
    Group("Publishing", [Mark("ngxpush", "ngxpush", 50.0)]),
]


def test_dots_lie_on_a_logarithmic_axis() -> None:
    root = ET.fromstring(plot("Time", "µs", GROUPS))
    x = [float(circle.get("cx", "")) for circle in root.iter(f"{SVG}circle")]
    assert [circle.get("class") for circle in root.iter(f"{SVG}circle")] == ["ngxpush", "c", "python", "ngxpush"]
    assert x[1] < x[0] < x[3] < x[2]
    assert abs((x[3] - x[0]) - (x[2] - x[3])) < 0.2  # a factor of ten each


def test_it_says_who_and_how_much() -> None:
    texts = [text.text for text in ET.fromstring(plot("Time", "µs", GROUPS)).iter(f"{SVG}text")]
    assert texts[:2] == ["Time", "µs; the axis is logarithmic. ◀ Further left is better."]
    assert texts[2:11] == ["1", "2", "5", "10", "20", "50", "100", "200", "500"]
    assert texts[11:] == [
        *("A <delivery>", "ngxpush", "5.0", "nchan", "1.0  (1/5 of ngxpush)", "websockets", "500  (100 × ngxpush)"),
        *("Publishing", "ngxpush", "50.0"),
    ]
