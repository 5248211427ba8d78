"""Sizes, times and numbers, as people write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ngxpush.config.values import parse_fixed_point, parse_milliseconds, parse_number, parse_offset, parse_seconds, parse_size
from ngxpush.lint.quantities import in_nginx_spelling


@pytest.mark.parametrize(
    ("text", "parser", "spelling"),
    [
        ("32mb", parse_size, "32m"),
        ("32MB", parse_size, "32m"),
        ("32MiB", parse_size, "32m"),
        ("1g", parse_size, "1024m"),
        ("1gb", parse_offset, "1g"),
        ("2T", parse_offset, "2048g"),
        ("1.5m", parse_size, "1536k"),
        ("0.5k", parse_size, "512"),
        ("100 bytes", parse_size, "100"),
        ("1/2", parse_size, None),
        ("10sec", parse_seconds, "10s"),
        ("10 seconds", parse_milliseconds, "10s"),
        ("1min", parse_seconds, "1m"),
        ("90 min", parse_seconds, "90m"),
        ("1.5h", parse_seconds, "90m"),
        ("60sec", parse_seconds, "60s"),
        ("60s", parse_seconds, "60s"),
        ("24hours", parse_seconds, "24h"),
        ("2weeks", parse_milliseconds, "2w"),
        ("1y", parse_milliseconds, "365d"),
        ("0.5s", parse_milliseconds, "500ms"),
        ("0.5s", parse_seconds, "1s"),
        ("500ms", parse_seconds, "1s"),
        ("2500ms", parse_seconds, "3s"),
        ("soon", parse_seconds, None),
        ("-1", parse_seconds, None),
        ("10 parsecs", parse_seconds, None),
        ("1,024", parse_number, "1024"),
        ("1_000_000", parse_number, "1000000"),
        ("+5", parse_number, "5"),
        ("2k", parse_number, "2000"),
        ("1.5", parse_number, None),
        ("many", parse_number, None),
        ("1.5", lambda text: parse_fixed_point(text, 2), None),
    ],
)
def test_spelling(text: str, parser: Callable[[bytes], int | None], spelling: str | None) -> None:
    assert in_nginx_spelling(text, parser) == spelling
    assert spelling is None or parser(spelling.encode()) is not None
