"""The facade of a zone in this process: its timers and its journal."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.shared import ChannelInfo, ChannelRequest, Subscribed, Subscription
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import START, FakeClock, run

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"), message_ttl=1, channel_inactivity_time=1)
NOW = int(START)


def make(clock: FakeClock) -> LocalZone:
    return LocalZone(Zone(MAIN, Templates(MAIN, ()), NOW), 1, clock)


def known(zone: LocalZone) -> list[tuple[bytes, int]]:
    return [(info.channel, info.stored_messages) for info in run(zone.channels()).infos]


def test_the_timer_runs_every_four_seconds_from_the_start() -> None:
    clock = FakeClock()
    zone = make(clock)
    zone.start()
    run(zone.create((b"a",)))
    clock.forward(3.9)
    assert known(zone) == [(b"a", 0)]
    clock.forward(0.2)
    assert known(zone) == []
    run(zone.create((b"a",)))
    clock.forward(4)
    assert known(zone) == []


def test_messages_are_collected_every_five_seconds_from_the_first_publish() -> None:
    clock = FakeClock()
    zone = make(clock)
    clock.forward(2)
    run(zone.publish((b"a",), b"m", True))
    clock.forward(3)
    run(zone.publish((b"a",), b"m", True))
    clock.forward(1.9)
    assert known(zone) == [(b"a", 2)]
    clock.forward(0.2)
    assert known(zone) == [(b"a", 0)]
    run(zone.publish((b"a",), b"m", True))
    clock.forward(5)
    assert known(zone) == [(b"a", 0)]


def test_stopped_timers_do_nothing() -> None:
    clock = FakeClock()
    zone = make(clock)
    zone.start()
    run(zone.publish((b"a",), b"m", True))
    zone.stop()
    clock.forward(60)
    assert known(zone) == [(b"a", 1)]


def test_the_journal_makes_the_same_zone_again() -> None:
    clock = FakeClock()
    journal: list[tuple[str, tuple[Any, ...]]] = []
    first = Zone(MAIN, Templates(MAIN, ()), NOW)
    zone = LocalZone(first, 1, clock, lambda operation, arguments: journal.append((operation, arguments)))
    zone.start()
    zone.apply("attach", (1,))
    run(zone.create((b"a", b"b")))
    run(zone.subscribe(Subscription((ChannelRequest(b"a"), ChannelRequest(b"c")))))
    run(zone.publish((b"a",), b"m", True, b"id", b"type"))
    run(zone.delete((b"c",), b"bye"))
    zone.unsubscribe((b"a",))
    clock.forward(9)
    run(zone.summary())
    again = Zone(MAIN, Templates(MAIN, ()), NOW)
    for operation, arguments in journal:
        again.apply(operation, arguments)
    assert again.snapshot() == first.snapshot()
    assert [operation for operation, _ in journal] == [
        "attach", "create", "subscribe", "publish", "delete", "unsubscribe", "collect", "collect_messages", "collect"
    ]  # fmt: skip


def test_making_what_is_there_is_not_written_down() -> None:
    journal: list[str] = []
    zone = LocalZone(Zone(MAIN, Templates(MAIN, ()), NOW), 1, FakeClock(), lambda operation, _: journal.append(operation))
    run(zone.create((b"a",)))
    run(zone.create((b"a",)))
    assert journal == ["create"]


def test_answers_are_the_zone_s() -> None:
    zone = make(FakeClock())
    assert run(zone.publish((b"a",), b"m", True)) == (ChannelInfo(b"a", 1, 1, 0),)
    assert isinstance(run(zone.subscribe(Subscription((ChannelRequest(b"a"),)))), Subscribed)
    assert run(zone.summary()).subscribers == 1
    assert run(zone.channels_info((b"a", b"b"))).infos == (ChannelInfo(b"a", 1, 1, 1),)
    assert [run(zone.delete((b"a",))), run(zone.delete((b"a",)))] == [True, False]


def test_another_worker_s_calls_come_by_name() -> None:
    journal: list[tuple[str, tuple[Any, ...]]] = []
    zone = LocalZone(Zone(MAIN, Templates(MAIN, ()), NOW), 1, FakeClock(), lambda *operation: journal.append(operation))
    assert zone.apply("publish", ((b"a",), b"m", True, None, None)) == (ChannelInfo(b"a", 1, 1, 0),)
    assert zone.apply("channels", (b"",)) == run(zone.channels())
    assert journal == [("publish", ((b"a",), b"m", True, None, None, NOW))]
    with pytest.raises(ValueError, match="no such operation"):
        zone.apply("snapshot", ())
