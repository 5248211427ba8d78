"""HTTP's dates, and those of logs and listings."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator

import pytest

from ngxpush.dates import (
    format_common_log,
    format_http_date,
    format_iso8601,
    format_iso8601_utc,
    format_listing,
    format_rfc850,
    parse_http_date,
    seconds_of_day,
)


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
        (b"Sun, 00 Nov 1994 08:49:37 GMT", 784111777 - 6 * 86400),
        (b"Sun, 06 Nox 1994 08:49:37 GMT", 784111777),
        (b"Sun, 06 nov 1994 08:49:37 GMT", None),
        (b"Sunday, 06 Nov-94 08:49:37 GMT", None),
        (b"Sun  Nov 6 08:49:37 1994", 784111777),
        (b"Sun Nov?06 08:49:37 1994", 784111777),
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


def test_the_letters_that_tell_months_apart() -> None:
    names = (b"Ja?", b"F??", b"M?r", b"Ap?", b"M??", b"J?n", b"J??", b"A??", b"S??", b"O??", b"N??", b"D??")
    for month, name in enumerate(names, start=1):
        assert parse_http_date(b"Sun, 01 " + name + b" 1994 00:00:00 GMT") == calendar.timegm((1994, month, 1, 0, 0, 0))


@pytest.fixture
def half_past(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is three and a half hours behind GMT."""
    monkeypatch.setenv("TZ", "XXX+3:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("half_past")
def test_local_dates() -> None:
    assert format_common_log(784111777.9) == b"06/Nov/1994:05:19:37 -0330"
    assert format_iso8601(784111777.9) == b"1994-11-06T05:19:37-03:30"
    assert format_rfc850(784111777, local=True) == b"Sunday, 06-Nov-1994 05:19:37 XXX"
    assert format_listing(784111777, local=True) == b"06-Nov-1994 05:19"
    assert seconds_of_day(784111777) == (5 * 60 + 19) * 60 + 37


@pytest.mark.usefixtures("half_past")
def test_dates_in_gmt_know_no_time_zone() -> None:
    assert format_rfc850(784111777, local=False) == b"Sunday, 06-Nov-1994 08:49:37 GMT"
    assert format_listing(784111777, local=False) == b"06-Nov-1994 08:49"
    assert format_iso8601_utc(784111777) == b"1994-11-06T08:49:37Z"
