"""The page that is made of results."""

from __future__ import annotations

from benchmarks.page import overview, page, peers, picture
from benchmarks.samples import Results, Sample


def results() -> Results:
    """A few cells, as a run without the module's server has them."""
    found = Results(
        {
            "date": "2026-01-02",
            "load": 0.1,
            "cores": 2,
            "memory_gb": 8,
            "kernel": "6.1",
            "python": "3.11",
            "versions": {"ngxpush": "0.1.0"},
        }
    )
    where = {"mode": "eventsource", "subscribers": 1000, "in_flight": 1, "size": 100}
    for server, microseconds in (("ngxpush", 4.0), ("nchan", 5.0), ("sse-starlette", 40.0), ("aiohttp-sse", 30.0)):
        found.add(Sample("fan-out", server, where, {"server_us": microseconds, "own_us": 1.0, "per_s": 1000.0}))
    found.add(Sample("fan-out", "ngxpush", where | {"size": 10_000}, failed="left out: 6.4 GB at once"))
    found.add(Sample("lint", "ngxpush", {"lines": 10_000}, {"clock_s": 0.5, "server_s": 0.4}))
    return found


def test_the_overview_divides_by_the_better_module_and_names_the_best_peer() -> None:
    assert overview(results()).splitlines() == [
        "|  | push stream module | nchan | best Python peer | ngxpush | of the better C module |",
        "| --- | --: | --: | --: | --: | --: |",
        "| a delivery, 1,000 EventSource subscribers, 1 in flight, µs | – | 5.0 | 30.0 | 4.0 | 0.80 × |",
        "| `ngxpush lint` of 10,000 lines, s | – | – | – | 0.50 | – |",
    ]


def test_deliveries_are_compared_with_those_of_the_fastest_peer() -> None:
    found = results()
    where = {"mode": "websocket", "subscribers": 1000, "in_flight": 8, "size": 100}
    for server, rate in (("ngxpush", 60_000.0), ("nchan", 90_000.0), ("one peer", 10_000.0), ("another", 20_000.0)):
        found.add(Sample("fan-out", server, where, {"server_us": 1.0, "own_us": 1.0, "per_s": rate}))
    assert peers(found).splitlines()[-1] == "| websocket, 8 in flight | another | 20,000 | 60,000 | 3.0 × |"


def test_the_page_has_the_figures_and_why_some_are_missing() -> None:
    text = page(results())
    assert "| 1,000 × 1 | 4.0 (1.0) | 5.0 (1.0) | 40.0 (1.0) | 30.0 (1.0) |" in text
    assert "left out: 6.4 GB at once" in text
    assert "2 cores, 8 GB of memory,\nLinux 6.1, Python 3.11, a load average of 0.1" in text


def test_the_picture_shows_everyone() -> None:
    assert picture(results()).count("<circle") == 4
