"""ngxpush.config.values: nginx's sizes, times and numbers."""

from __future__ import annotations

import pytest

from ngxpush.config.values import (
    parse_fixed_point,
    parse_milliseconds,
    parse_number,
    parse_offset,
    parse_seconds,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"90", 90),
        (b"1m30s", 90),
        (b"1h 30m", 5400),
        (b"1h30", 3630),
        (b"1M2w", 2592000 + 2 * 604800),
        (b"1y", 31536000),
        (b"10s5", 15),
        (b"", None),
        (b"s", None),
        (b"-1", None),
        (b"500ms", None),
        (b"30m1h", None),
        (b"30s30s", None),
        (b"10 s", None),
        (b"1.5m", None),
        (b"99999999999999999999", None),
    ],
)
def test_seconds(text: bytes, expected: int | None) -> None:
    assert parse_seconds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1s500ms", 1500),
        (b"2", 2000),
        (b"500ms", 500),
        (b"1w", 604800000),
        (b"1M", None),
        (b"1y", None),
        (b"5000mss", None),
        (b"10sec", None),
    ],
)
def test_milliseconds(text: bytes, expected: int | None) -> None:
    assert parse_milliseconds(text) == expected


@pytest.mark.parametrize(
    ("text", "size", "offset"),
    [
        (b"8k", 8192, 8192),
        (b"1M", 1 << 20, 1 << 20),
        (b"1g", None, 1 << 30),
        (b"10mb", None, None),
        (b"", None, None),
        (b"-5m", None, None),
        (b"1.5m", None, None),
    ],
)
def test_sizes(text: bytes, size: int | None, offset: int | None) -> None:
    assert parse_size(text) == size
    assert parse_offset(text) == offset


@pytest.mark.parametrize(
    ("text", "expected"), [(b"0", 0), (b"0010", 10), (b"+5", None), (b"1_000", None), (b"0x10", None), (b"9" * 20, None)]
)
def test_numbers(text: bytes, expected: int | None) -> None:
    assert parse_number(text) == expected


@pytest.mark.parametrize(("text", "expected"), [(b"0.5", 50), (b"2", 200), (b"0.001", None), (b"x", None), (b"", None)])
def test_fixed_point(text: bytes, expected: int | None) -> None:
    assert parse_fixed_point(text, 2) == expected
