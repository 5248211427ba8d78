"""The zone of one process: workers follow each other, and it stays."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Publish, Refusal, Summary
from ngxpush.server.zone.places import NO_MEMORY, Tenant
from ngxpush.server.zone.resident import ResidentPlace, ResidentZone
from ngxpush.server.zone.restoring import ZoneSettings
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, templates

_SETTINGS = ZoneSettings(MAIN, templates(MAIN))


class _Worker:
    """A worker that is to open its zone; `said` is what it is told to log."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.clock = FakeClock()
        self.tenant = Tenant(7, self.clock, self._say, lambda: None, lambda zone: None, lambda: None)

    def _say(self, level: str, text: str) -> None:
        self.said.append((level, text))

    def open(self, place: ResidentPlace) -> LocalZone:
        return asyncio.run(place.open(self.tenant))


def _totals(local: LocalZone) -> tuple[int, list[str]]:
    totals = local.do_at_once(Summary())
    return totals.published_messages, [worker.name for worker in totals.by_worker]


def test_the_next_worker_finds_the_channels_once_the_one_before_has_left() -> None:
    zone, events = ResidentZone(), list[str]()
    first = zone.place("w1", _SETTINGS, None)
    local = _Worker().open(first)
    local.do_at_once(Publish((b"x",), b"text", True))

    async def vacate() -> None:
        events.append(f"left with {_totals(local)[0]} message")

    second = zone.place("w2", _SETTINGS, vacate)
    assert (first.is_alone, second.is_alone) == (True, False)
    assert _Worker().open(second) is local
    assert events == ["left with 1 message"]
    assert _totals(local) == (1, ["w1", "w2"])
    asyncio.run(first.close())
    assert _totals(local) == (1, ["w2"])


def test_it_ends_with_its_last_worker() -> None:
    zone, last = ResidentZone(), _Worker()
    place = zone.place("w1", _SETTINGS, None)
    local = last.open(place)
    local.do_at_once(Publish((b"x",), b"text", True))
    asyncio.run(place.close())
    assert not last.clock.pending
    assert _totals(_Worker().open(zone.place("w2", _SETTINGS, None))) == (0, ["w2"])


def test_it_goes_on_under_the_settings_of_the_next_worker() -> None:
    zone, before, after = ResidentZone(), _Worker(), _Worker()
    local = before.open(zone.place("w1", _SETTINGS, None))
    settings = replace(MAIN, max_messages_stored_per_channel=1)

    async def vacate() -> None: ...

    after.open(zone.place("w2", ZoneSettings(settings, templates(settings)), vacate))
    for _ in range(3):
        local.do_at_once(Publish((b"x",), b"text", True))
    assert local.do_at_once(Summary()).stored_messages == 1


def test_the_present_worker_logs_that_memory_is_used_up() -> None:
    zone, before, after = ResidentZone(), _Worker(), _Worker()
    local = before.open(zone.place("w1", _SETTINGS, None))

    async def vacate() -> None: ...

    after.open(zone.place("w2", _SETTINGS, vacate))
    while not isinstance(local.do_at_once(Publish((b"x",), bytes(1_000_000), True)), Refusal):
        pass
    assert before.said == []
    assert set(after.said) == {("crit", NO_MEMORY)}


def test_began_is_set_when_the_worker_serves() -> None:
    place = ResidentZone().place("w1", _SETTINGS, None)
    assert not place.began.is_set()
    place.opened()
    assert place.began.is_set()
