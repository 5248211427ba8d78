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


@pytest.mark.parametrize(
    ("rate", "steps"),
    [
        # all is sent, and the client must wait: it does so for ever
        (1000, [(0, 200, 200, 0.1), (9, 500, 0, 0)]),
        # without a wait there is no end
        (200_000, [(0, 199, 199, 0), (1, 50, 50, 0)]),
        # the head alone goes; the next piece comes after the wait
        (1000, [(0, 100, 100, 0.1), (0.1, 0, 0, 0), (1, 199, 199, 0.199), (9, 500, 0, 0)]),
        # what is left of the head goes with the first piece, and what is left of that goes by itself
        (40, [(0, 100, 40, 1), (1, 60, 0, 0), (2, 130, 80, 2), (4, 50, 50, 1.25), (9, 10, 0, 0)]),
    ],
)
def test_a_push_subscriber_may_wait_for_ever(rate: int, steps: list[tuple[float, int, int, float]]) -> None:
    """A head of 100 bytes. A step: when, how many bytes wait, how many go, and how long the wait is."""
    paced = Rate(rate, 0, 1000.0, head=100)
    for when, available, count, seconds in steps:
        taken = paced.take(available, 1000.0 + when)
        assert (taken[0], taken[1] > 0) == (count, seconds > 0), when


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
