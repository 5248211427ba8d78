"""Measuring a running server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from ngxpush.client import UnexpectedAnswer, open_session
from ngxpush.client.deliveries import Measured
from ngxpush.client.measuring import Load, measure
from tests.client.served import push_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with push_server(tmp_path_factory.mktemp("server")) as base:
        yield base


def measured(load: Load) -> tuple[Measured, int]:
    """The result, and the sum of the progress."""
    steps: list[int] = []

    async def play() -> Measured:
        async with open_session() as session:
            return await measure(load, session, steps.append)

    return asyncio.run(play()), sum(steps)


@pytest.mark.parametrize("location", ["sub", "ev", "ws", "lp", "poll"])
def test_all_comes_once(server: str, location: str) -> None:
    load = Load(f"{server}/pub?id={location}", f"{server}/{location}/{location}", None, 5, 20, None, 50)
    result, progress = measured(load)
    assert (result.received, result.lost, result.duplicates, result.failed) == (100, 0, 0, 0)
    assert result.mode == {"sub": "streaming", "ev": "eventsource", "ws": "websocket"}.get(location, "long-polling")
    assert list(result.latencies) == [50, 90, 99, 100]
    assert progress <= 100


def test_a_rate(server: str) -> None:
    load = Load(f"{server}/pub?id=rate", f"{server}/ev/rate", "eventsource", 1, 5, 50.0, 0)
    assert measured(load)[0].seconds >= 4 / 50


def test_what_is_lost(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Subscribers of another channel."""
    monkeypatch.setattr("ngxpush.client.measuring._QUIET", 0.1)
    result, _ = measured(Load(f"{server}/pub?id=one", f"{server}/ev/another", None, 2, 3, None, 0))
    assert (result.received, result.lost, result.latencies) == (0, 6, {})


def test_refused(server: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="No channel id"):
        measured(Load(f"{server}/pub?id=a", f"{server}/sub/", None, 2, 3, None, 0))
    with pytest.raises(UnexpectedAnswer, match="No channel id"):
        measured(Load(f"{server}/pub?id=", f"{server}/ev/a", None, 2, 3, None, 0))
