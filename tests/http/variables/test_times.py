"""Variables of the time."""

from __future__ import annotations

from ..serving import shown


def test_time() -> None:
    assert shown("$msec $request_time") == "1000000000.000 1000000000.000"


def test_dates() -> None:
    assert shown("$date_gmt") == "Sunday, 09-Sep-2001 01:46:40 GMT"
    assert shown("$time_iso8601")[:4] == "2001"
