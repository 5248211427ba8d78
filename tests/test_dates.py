"""HTTP's dates."""

from __future__ import annotations

import pytest

from ngxpush.dates import format_http_date, parse_http_date


@pytest.mark.parametrize(
    ("seconds", "date"), [(0, b"Thu, 01 Jan 1970 00:00:00 GMT"), (784111777, b"Sun, 06 Nov 1994 08:49:37 GMT")]
)
def test_format(seconds: int, date: bytes) -> None:
    assert format_http_date(seconds) == date
    assert parse_http_date(date) == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        (b"Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        (b"Sun Nov  6 08:49:37 1994", 784111777),
        (b"Sun, 06 Nov 1994 08:49:37", 784111777),
        (b"Thu, 29 Feb 2024 12:00:00 GMT", 1709208000),
        (b"Thu, 29 Feb 2023 12:00:00 GMT", None),
        (b"Sun, 06 Nov 1994 24:00:00 GMT", None),
        (b"Sun, 06 Nox 1994 08:49:37 GMT", None),
        (b"Sun, 06 Nov 0000 08:49:37 GMT", None),
        (b"Thu, 1 Jan 1970 00:00:00 GMT", None),
        (b"Sun,+06+Nov+1994+08:49:37+GMT", None),
        (b"2000-01-03T10:00:00Z", None),
        (b"yesterday", None),
        (b"0", None),
        (b"", None),
    ],
)
def test_parse(date: bytes, seconds: int | None) -> None:
    assert parse_http_date(date) == seconds
