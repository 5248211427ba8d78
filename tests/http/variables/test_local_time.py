"""Variables of the time, in zones of time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.http.serving import Site


@pytest.fixture(params=["IST-5:30", "NST+3:30", "UTC0"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This process is in that zone of time."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


LOCAL = {
    "IST-5:30": "09/Sep/2001:07:16:40 +0530|2001-09-09T07:16:40+05:30|Sunday, 09-Sep-2001 07:16:40 IST",
    "NST+3:30": "08/Sep/2001:22:16:40 -0330|2001-09-08T22:16:40-03:30|Saturday, 08-Sep-2001 22:16:40 NST",
    "UTC0": "09/Sep/2001:01:46:40 +0000|2001-09-09T01:46:40+00:00|Sunday, 09-Sep-2001 01:46:40 UTC",
}


def test_local_time(zone: str) -> None:
    site = Site('server { listen 80; location / { return 200 "$time_local|$time_iso8601|$date_local"; } }')
    assert site.get("/") == (200, LOCAL[zone])


def test_greenwich(zone: str) -> None:
    site = Site('server { listen 80; location / { return 200 "$date_gmt|$msec"; } }')
    assert site.get("/") == (200, "Sunday, 09-Sep-2001 01:46:40 GMT|1000000000.000")


def test_an_expiry_at_a_time_of_day(zone: str) -> None:
    """`expires @15h30m`: the next half past three by the clock on the wall."""
    site = Site("server { listen 80; location / { expires @15h30m; return 200 hello; } }")
    wall_clock = {"IST-5:30": "10:00:00", "NST+3:30": "19:00:00", "UTC0": "15:30:00"}[zone]
    assert f"Expires: Sun, 09 Sep 2001 {wall_clock} GMT\r\n".encode() in site.serve("GET / HTTP/1.1\nHost: a")
