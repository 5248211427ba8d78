"""Words of the request log."""

from __future__ import annotations

import pytest

from ngxpush.server.observing.words import counted, duration, in_one_line, lasting, named, printable


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"/pub?id=a", "/pub?id=a"),
        ("/sub/мир".encode(), "/sub/мир"),
        (b"/\xff", "/\\xff"),
        (b"/\x1b[31m\r\n", "/\\x1b[31m\\r\\n"),
        (b"x" * 300, "x" * 200 + "…"),
    ],
)
def test_text_of_clients(data: bytes, text: str) -> None:
    assert in_one_line(data) == text
    assert printable(data).startswith(text[:200])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-0.001, "0.0 ms"),
        (0.0004, "0.4 ms"),
        (0.00996, "10 ms"),
        (0.9999, "1.0 s"),
        (3.21, "3.2 s"),
        (59.99, "1 min 0 s"),
        (125, "2 min 5 s"),
        (3 * 3600 + 12 * 60, "3 h 12 min"),
        (51 * 3600, "2 d 3 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def test_whole_seconds() -> None:
    assert [duration(0), duration(6), duration(66)] == ["0 s", "6 s", "1 min 6 s"]


def test_numbers() -> None:
    assert [counted(1, "delivery"), counted(0, "delivery"), counted(2, "byte")] == ["1 delivery", "0 deliveries", "2 bytes"]


def test_channels() -> None:
    assert named((b"a", b"b", b"c")) == "a, b, c"
    assert named((b"a", b"b", b"c", b"d", b"e")) == "a, b, c and 2 more"
