"""How much of an answer may go when."""

from __future__ import annotations

import pytest

from ngxpush.http.limit_rate import Rate

from .serving import Site


def _seconds(rate: Rate, size: int, started: float) -> list[tuple[float, int]]:
    """When how much of an answer goes."""
    now, sent = started, []
    while size:
        count, delay = rate.take(size, now)
        sent.append((now - started, count))
        size -= count
        now += delay
    return sent


def test_each_second_has_its_share() -> None:
    assert _seconds(Rate(100, 0, 1000.0), 250, 1000.0) == [(0, 100), (1, 100), (2, 50)]


def test_the_first_bytes_may_be_free() -> None:
    assert _seconds(Rate(100, 150, 1000.0), 400, 1000.0) == [(0, 250), (1, 100), (2, 50)]


def test_nothing_may_go_before_the_next_second_of_the_clock() -> None:
    rate = Rate(100, 0, 1000.9)
    assert rate.take(500, 1000.9) == (100, 1.0)
    assert rate.take(500, 1000.95) == (0, 0.001)
    assert rate.take(500, 1003.0) == (300, 3.0), "what was not used is made up for"


def test_what_waits_for_a_push_subscriber_never_goes() -> None:
    rate = Rate(1000, 0, 1000.0, stalls=True)
    assert rate.take(0, 1000.0) == (0, 0)
    assert rate.take(200, 1000.0) == (200, 0.2)
    assert rate.take(500, 1009.0) == (0, 0)


@pytest.mark.parametrize(
    ("settings", "paced", "variable"),
    [
        ("", False, "0"),
        ("limit_rate 1k;", True, "0"),
        ("limit_rate $arg_none;", False, "0"),
        ("set $limit_rate 2k;", True, "2048"),
        ("limit_rate 1k; set $limit_rate 0;", False, "0"),
    ],
)
def test_where_the_rate_comes_from(settings: str, paced: bool, variable: str) -> None:
    site = Site(f"server {{ location / {{ {settings} return 200 $limit_rate; }} }}")
    assert site.get("/") == (200, variable)
    assert (site.connection.paced is not None) == paced
