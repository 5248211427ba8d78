"""Workers that go and come back: what the function tells them, on real servers, Redis and Valkey."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ngxpush.push.messages import DELETED_ID
from ngxpush.push.operations import (
    ChannelInfo,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Collect,
    Delete,
    Forget,
    Publish,
    Subscribe,
    Summary,
    Unsubscribe,
    WorkerInfo,
    ZoneOperation,
)
from ngxpush.server.redis.language import ChannelPosition, Rejoin
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, NOW, subscribe

from .coming_and_going import ComingAndGoing
from .servers import needs_redis
from .zone_in_redis import OpenedRedisZone, Opener, RedisError, held, subscribed_at

pytestmark = needs_redis

SLICE = 500
"""That of zone.lua."""


_CHANNELS = st.sampled_from((b"a", b"b", b"c"))
_STEPS = st.one_of(
    st.tuples(st.sampled_from((ComingAndGoing.publish, ComingAndGoing.publish, ComingAndGoing.subscribe)), _CHANNELS),
    st.tuples(st.just(ComingAndGoing.delete), _CHANNELS),
    st.tuples(st.just(ComingAndGoing.wait), st.sampled_from((1, 5, 60))),
    st.tuples(st.sampled_from((ComingAndGoing.come, ComingAndGoing.go))),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEPS, max_size=50))
def test_who_goes_and_comes_hears_each_message_once_and_in_order(make: Opener, steps: list[tuple[Any, ...]]) -> None:
    zone = make(replace(MAIN, message_ttl=100_000))
    worker = ComingAndGoing(zone)
    for step, *arguments in steps:
        step(worker, *arguments)
    worker.come()
    assert worker.heard == worker.expected
    counted = {info.channel: info.subscribers for info in zone.do(Channels()).infos if info.subscribers}
    assert counted == {id: held.subscribers for id, held in worker.held.items()}


def test_a_worker_gets_what_it_has_missed_and_then_what_is_new(zone: OpenedRedisZone) -> None:
    hearer = zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a", b"b")
    zone.do(Publish((b"a",), b"1", True))
    seen = hearer.messages[-1]
    for text, store in ((b"2", True), (b"3", False), (b"4", True)):
        zone.do(Publish((b"a", b"b"), text, store))
    rejoined = zone.do(
        Rejoin(
            "w1",
            1,
            1,
            (held(b"a", ChannelPosition(b"a", positions[b"a"].incarnation, seen.time, seen.tag)), held(b"b", positions[b"b"])),
        )
    )
    assert [(message.channel, message.text) for message in rejoined.messages] == [
        (b"a", b"2"),
        (b"a", b"4"),
        (b"b", b"2"),
        (b"b", b"4"),
    ]
    assert rejoined.messages[0].texts == (None,)
    assert [(position.channel, position.time, position.tag) for position in rejoined.positions] == [
        (b"a", NOW, 6),
        (b"b", NOW, 7),
    ]
    assert not (rejoined.behind or rejoined.deleted or rejoined.more)
    zone.do(Publish((b"a",), b"5", True))
    assert hearer.messages[-1].text == b"5"


def test_who_rejoins_counts_what_it_holds_and_nothing_else(zone: OpenedRedisZone) -> None:
    zone.worker("w1", 7)
    positions = subscribed_at(zone, "w1", b"a", b"b", b"b", b"lost")
    zone.forward(2)
    rejoined = zone.rejoin("w1", 7, 3, held(b"a", positions[b"a"], 3), held(b"b", positions[b"b"], 1))
    assert not rejoined.more
    assert [info.subscribers for info in zone.do(ChannelsInfo((b"a", b"b", b"lost"))).infos] == [3, 1, 0]
    assert zone.do(Summary()).by_worker == (WorkerInfo("w1", 7, 3, 2),)


def test_what_a_worker_held_before_is_forgotten_in_slices(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    ids = tuple([b"%d" % number for number in range(SLICE + 10)])
    subscribe(zone, "w1", *ids)
    assert zone.rejoin("w1", 1, 0).more is True
    assert sum(info.subscribers for info in zone.do(ChannelsInfo(ids)).infos) == 10
    assert zone.rejoin("w1", 1, 0, session=1).more is False
    assert sum(info.subscribers for info in zone.do(ChannelsInfo(ids)).infos) == 0


def test_many_missed_messages_come_in_slices(zone: OpenedRedisZone) -> None:
    hearer = zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a", b"b", b"c")
    for number in range(SLICE + 100):
        zone.do(Publish((b"b",), b"%d" % number, True))
    zone.do(Publish((b"a", b"c"), b"m", True))
    texts: list[bytes] = []
    behind, session = {b"a", b"b", b"c"}, 1
    while behind:
        rejoined = zone.rejoin("w1", 1, 1, *[held(id, positions[id]) for id in sorted(behind)], session=session)
        for message in rejoined.messages:
            texts.append(message.text)
            positions[message.channel] = replace(positions[message.channel], time=message.time, tag=message.tag)
        behind = {position.channel for position in rejoined.behind}
    assert texts == [b"m", *[b"%d" % number for number in range(SLICE + 100)], b"m"]
    before = len(hearer.messages)
    zone.do(Publish((b"b",), b"new", True))
    assert [message.text for message in hearer.messages[before:]] == [b"new"]


def test_long_messages_come_in_slices_of_some_megabytes(make: Opener) -> None:
    zone = make(replace(MAIN, shared_memory=(1 << 26, b"zone")))
    zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a", b"b")
    for number in range(20):
        zone.do(Publish((b"a",), b"%d" % number + b"x" * (1 << 20), True))
    zone.do(Publish((b"b",), b"m", True))
    rejoined = zone.rejoin("w1", 1, 1, held(b"a", positions[b"a"]), held(b"b", positions[b"b"]))
    assert [message.id for message in rejoined.messages] == [1, 2, 3, 4, 5, 6, 7]
    assert [(position.channel, position.tag) for position in rejoined.behind] == [(b"a", 7), (b"b", 0)]
    assert rejoined.positions == ()


def test_a_channel_that_was_deleted_meanwhile_says_so(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a", b"b", b"c")
    zone.do(Delete((b"a",), b"good bye"))
    zone.do(Delete((b"b",)))
    zone.do(Publish((b"b",), b"another", True))
    rejoined = zone.rejoin("w1", 1, 1, *[held(id, positions[id]) for id in (b"a", b"b", b"c")])
    assert [(message.id, message.channel, message.text) for message in rejoined.deleted] == [
        (DELETED_ID, b"a", b"good bye"),
        (DELETED_ID, b"b", b"Channel deleted"),
    ]
    assert [position.channel for position in rejoined.positions] == [b"c"]
    assert zone.do(ChannelsInfo((b"a", b"b"))).infos == (ChannelInfo(b"b", 1, 1, 0),)


def test_a_channel_made_after_its_deletion_is_held_on(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    subscribe(zone, "w1", b"a")
    zone.do(Delete((b"a",)))
    positions = subscribed_at(zone, "w1", b"a")
    zone.do(Publish((b"a",), b"m", True))
    rejoined = zone.rejoin("w1", 1, 1, held(b"a", positions[b"a"]))
    assert ([message.text for message in rejoined.messages], rejoined.deleted) == ([b"m"], ())


def test_a_worker_that_was_away_for_long_finds_its_channels_again(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a", b"b")
    zone.forget_to_live("w1")
    zone.forward(60)
    assert (zone.do(Channels()).infos, zone.do(Summary()).by_worker) == ((), ())
    zone.do(Publish((b"b",), b"m", True))
    rejoined = zone.rejoin("w1", 1, 1, held(b"a", positions[b"a"], 2), held(b"b", positions[b"b"]))
    assert [message.text for message in rejoined.messages] == [b"m"]
    assert zone.do(Channels()).infos == (ChannelInfo(b"b", 1, 1, 1), ChannelInfo(b"a", 0, 0, 2))


def test_a_zone_that_has_lost_everything_is_made_again(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    positions = subscribed_at(zone, "w1", b"a")
    zone.redis.ask(b"DEL", *[zone.key(name) for name in zone.key_names()])
    zone.forward(1)
    zone.do(Publish((b"a",), b"m", True))
    rejoined = zone.rejoin("w1", 1, 1, held(b"a", positions[b"a"]))
    assert [message.text for message in rejoined.messages] == [b"m"]
    assert rejoined.positions[0].incarnation > positions[b"a"].incarnation


# -- sessions and life ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [Publish((b"a",), b"m", True), Unsubscribe("w1", (b"a",)), Summary(), Forget("w1")])
def test_what_comes_from_an_older_session_is_not_done(zone: OpenedRedisZone, operation: ZoneOperation[Any]) -> None:
    zone.listen("w1")
    zone.rejoin("w1", 1, 0, session=2)
    zone.workers["w1"].in_session(2)
    zone.do(Subscribe("w1", (ChannelRequest(b"a"),)), "w1")
    before = zone.do(Summary())
    zone.workers["w1"].in_session(1)
    with pytest.raises(RedisError, match=r"^NGXPUSH forgotten"):
        zone.do(operation, "w1")
    with pytest.raises(RedisError, match=r"^NGXPUSH forgotten"):
        zone.rejoin("w1", 1, 0, session=1)
    assert zone.do(Summary()) == before


def test_a_worker_that_ends_is_forgotten_in_slices_of_its_own_session(zone: OpenedRedisZone) -> None:
    zone.listen("w1")
    zone.rejoin("w1", 1, 0, session=2)
    ids = tuple([b"%d" % number for number in range(SLICE + 10)])
    subscribe(zone, "w1", *ids)
    zone.workers["w1"].in_session(2)
    assert zone.do(Forget("w1"), "w1") is True
    assert zone.do(Forget("w1"), "w1") is False
    assert sum(info.subscribers for info in zone.do(ChannelsInfo(ids)).infos) == 0


def test_a_silent_worker_is_forgotten(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    zone.worker("w2")
    subscribe(zone, "w1", b"a")
    zone.forget_to_live("w1")
    zone.forward(15)
    assert [worker.name for worker in zone.do(Summary()).by_worker] == ["w1", "w2"]
    zone.forward(5)
    assert [worker.name for worker in zone.do(Summary()).by_worker] == ["w2"]
    assert zone.do(ChannelsInfo((b"a",))).infos[0].subscribers == 0
    zone.workers["w1"].in_session(1)
    with pytest.raises(RedisError, match=r"^NGXPUSH forgotten"):
        zone.do(Collect(), "w1", timed=True)


def test_after_a_pause_of_redis_workers_have_time_to_be_heard_of(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    zone.worker("w2")
    zone.forward(8)
    zone.forget_to_live("w1", "w2")
    zone.clock = FakeClock(NOW + 100)
    zone.do(Collect(), timed=True)
    assert len(zone.do(Summary()).by_worker) == 2


def test_forgetting_a_worker_with_many_channels_goes_on_though_no_one_asks(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    ids = tuple([b"%d" % number for number in range(SLICE + 10)])
    subscribe(zone, "w1", *ids)
    assert zone.do(Forget("w1")) is True
    zone.forward(24)
    assert sum(info.subscribers for info in zone.do(ChannelsInfo(ids)).infos) == 0
