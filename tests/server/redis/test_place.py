"""Where a worker finds a zone in Redis. Whole processes: tests/processes/test_several_servers.py."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ngxpush.push.operations import Attach, Forget
from ngxpush.server.redis import redis_zone
from ngxpush.server.redis.place import RedisPlace
from ngxpush.server.redis.url import ChannelsUnreachable, ChannelsUrl, read
from ngxpush.server.zone.places import Tenant
from ngxpush.server.zone.restoring import ZoneSettings
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, templates

_SETTINGS = ZoneSettings(MAIN, templates(MAIN))
_URL = read("redis://127.0.0.1")


class _Zone:
    """What a place makes. happened: in its order, over all that a test does."""

    happened: list[Any]
    unreachable = False

    def __init__(self, url: ChannelsUrl, name: str, main: Any, texts: Any, worker: str, pid: int, clock: Any, say: Any) -> None:
        self.happened.append(("made", url, name, worker, pid))

    async def open(self) -> None:
        self.happened.append("open")
        if self.unreachable:
            raise ChannelsUnreachable("Redis is away")

    def post(self, operation: Attach | Forget) -> None:
        self.happened.append(operation)

    async def close(self) -> None:
        self.happened.append("close")


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    made: list[Any] = []
    monkeypatch.setattr(_Zone, "happened", made, raising=False)
    monkeypatch.setattr(redis_zone, "RedisZone", _Zone)
    return made


def _tenant(said: list[tuple[str, str]]) -> Tenant:
    return Tenant(7, FakeClock(), lambda *line: said.append(line), lambda: None, lambda zone: None, lambda: None)


def _live(place: RedisPlace) -> list[tuple[str, str]]:
    """A worker begins and ends there. Returns what it has to log."""
    said: list[tuple[str, str]] = []

    async def live() -> None:
        await place.open(_tenant(said))
        place.opened()
        await place.close()

    asyncio.run(live())
    return said


def test_a_worker_attaches_and_is_forgotten(happened: list[Any]) -> None:
    place = RedisPlace("w1", _SETTINGS, _URL)
    assert _live(place) == []
    assert happened == [("made", _URL, "zone", "w1", 7), "open", "close"]
    assert place.began.is_set()


def test_it_says_for_killed_workers_that_they_are_gone(happened: list[Any]) -> None:
    _live(RedisPlace("w3", _SETTINGS, _URL, killed=("w1", "w2")))
    assert happened[1:] == ["open", Forget("w1"), Forget("w2"), "close"]


def test_it_serves_while_redis_is_away(happened: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Zone, "unreachable", True)
    assert _live(RedisPlace("w1", _SETTINGS, _URL)) == [("error", "Redis is away")]
    assert happened[-1] == "close"


def test_the_worker_before_leaves_when_this_one_is_attached(happened: list[Any]) -> None:
    async def vacate() -> None:
        happened.append("vacated")

    leaving: Callable[[], Awaitable[None]] = vacate
    _live(RedisPlace("w2", _SETTINGS, _URL, vacate=leaving))
    assert happened[1:] == ["open", "vacated", "close"]


def test_a_worker_that_never_began_closes_nothing(happened: list[Any]) -> None:
    asyncio.run(RedisPlace("w1", _SETTINGS, _URL).close())
    assert happened == []
