"""The function in Redis, on real servers, Redis and Valkey: it does what push/zone.py does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.memory import PAGE
from ngxpush.push.messages import Message
from ngxpush.push.operations import (
    Attach,
    Change,
    ChannelRequest,
    Channels,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Forget,
    Inspect,
    Inspected,
    Publish,
    Published,
    Refusal,
    Resume,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
    UsedMemory,
    WorkerInfo,
    ZoneOperation,
)
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.redis.function import Function, digest, scripts
from ngxpush.server.redis.language import CallDone
from ngxpush.server.redis.shards import Shard, shard_of, split
from ngxpush.server.zone.dialogue import BrokenStream
from tests.push.zone_changes import BUSY, changes
from tests.push.zone_contract import MAIN, NOW, Hearer, OpenedZone, ZoneContract, subscribe, templates

from .servers import RedisServer, needs_redis
from .zone_in_redis import OpenedRedisZone, Opener, RedisError, held, new_name, subscribed_at

pytestmark = needs_redis

SLICE = 500
"""That of zone.lua."""

AT_START = [0, 0, 0, 1, 0, 0, 0, 0, 0, 15]
"""What is in the zone's memory at its start (zone_in_redis.OpenedRedisZone.memory)."""


class TestContract(ZoneContract):
    @pytest.fixture(autouse=True)
    def use(self, server: RedisServer) -> None:
        self._server = server

    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedRedisZone(self._server.port, new_name(), main, templates)


# -- any sequence of operations -------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes)
def test_any_sequence_over_time_is_as_in_memory(make: Opener, sequence: list[tuple[int, Change]]) -> None:
    zone, model, now = make(BUSY, texts=(b"~text~", b"<~text~>")), Zone(BUSY, templates(BUSY, b"~text~", b"<~text~>"), NOW), NOW
    hearers = {name: (zone.listen(name), Hearer()) for name in ("w1", "w2", "w3")}
    for seconds, operation in sequence:
        now += seconds
        zone.stand_at(now)
        if isinstance(operation, Attach):
            model.recipients[operation.worker] = hearers[operation.worker][1]
        assert zone.do(operation) == model.do(operation, now)  # type: ignore[misc]
        for query in (Summary(), Channels(), Inspect((b"a", b"ev", b"bd_a", b"c"), 2), Inspect((b"a", b"ev"), 1, 3)):
            assert zone.do(query) == model.do(query, now)  # type: ignore[misc]
        for heard, expected in hearers.values():
            assert (heard.messages, heard.deletions) == (expected.messages, expected.deletions)
        assert zone.failures == model.memory_failures
    _end(zone, now)
    assert zone.key_names() == {"zone"}
    assert zone.memory() == AT_START


def _end(zone: OpenedRedisZone, now: int) -> None:
    """Everything leaves the zone."""
    for name in ("w1", "w2", "w3"):
        zone.do(Forget(name))
    zone.do(Delete((b"a", b"b", b"c", b"bd_a", b"bd_b", b"ev")))
    for _ in range(3):
        now += 20
        zone.stand_at(now)
        while zone.do(Collect()):
            pass


def test_a_broken_frame_says_so(zone: OpenedRedisZone) -> None:
    function = Function("zone", Shard(), MAIN, templates(MAIN), "w1")
    for payload in (b"", b"\xc1", b"\x91\x91\xa5Never", b"\x90\x90"):
        with pytest.raises(BrokenStream):
            function.frames(payload)


def test_the_time_is_that_of_the_server_and_never_goes_back(zone: OpenedRedisZone) -> None:
    zone.worker("w1")
    zone.stand_at(NOW + 9)
    zone.do(Publish((b"a",), b"1", True))
    zone.stand_at(NOW)
    zone.do(Publish((b"a",), b"2", True))
    assert [(message.time, message.tag) for message in _stored(zone, b"a")] == [(NOW + 9, 1), (NOW + 9, 2)]
    function = Function("zone", Shard(), MAIN, templates(MAIN), "w1")
    (part,) = split(Inspect((b"a",)), 1)
    (answered,) = function.frames(zone.redis.ask(b"EVALSHA", digest(part.operation), *function.arguments(7, part)))
    assert answered == CallDone(7, Inspected(()))


def _stored(zone: OpenedRedisZone, id: bytes) -> tuple[Message, ...]:
    return zone.do(Inspect((id,), 1 << 20)).states[0].messages


# -- lifetimes ------------------------------------------------------------------------------------------------------------------


def test_old_messages_leave_in_slices(make: Opener) -> None:
    zone = make(replace(MAIN, message_ttl=5))
    for _ in range(SLICE + 10):
        zone.do(Publish((b"a",), b"m", True))
    zone.stand_at(NOW + 6)
    zone.do(Publish((b"a",), b"young", True))
    assert zone.do(CollectMessages()) is True
    assert zone.do(Summary()).stored_messages == 11
    assert zone.do(CollectMessages()) is False
    assert [message.text for message in _stored(zone, b"a")] == [b"young"]
    assert zone.do(Summary()).messages_in_trash == SLICE + 10


def test_a_deleted_channel_leaves_in_slices(zone: OpenedRedisZone) -> None:
    for _ in range(SLICE + 10):
        zone.do(Publish((b"a",), b"m", True, b"event"))
    zone.do(Delete((b"a",)))
    assert (zone.do(Collect()), zone.do(Summary()).channels_in_delete) == (True, 1)
    assert (zone.do(Collect()), zone.do(Summary()).channels_in_delete) == (False, 0)
    totals = zone.do(Summary())
    assert (totals.messages_in_trash, totals.channels_in_trash, totals.stored_messages) == (SLICE + 10, 1, 0)
    zone.stand_at(NOW + 11)
    zone.do(Collect())
    assert (zone.key_names(), zone.memory()) == ({"zone"}, AT_START)


def test_idle_channels_leave_in_slices(zone: OpenedRedisZone) -> None:
    zone.do(Create(tuple([b"%d" % number for number in range(SLICE + 10)])))
    zone.stand_at(NOW + MAIN.channel_inactivity_time + 1)
    assert zone.do(Collect()) is True
    assert zone.do(Summary()).channels == 10
    assert zone.do(Collect()) is False
    assert zone.do(Summary()).channels_in_trash == SLICE + 10


def test_a_shorter_limit_is_kept_from_the_next_publish_on(make: Opener) -> None:
    zone = make(replace(MAIN, max_messages_stored_per_channel=5))
    for number in range(9):
        zone.do(Publish((b"a",), b"%d" % number, True, b"e%d" % number))
    assert [message.text for message in _stored(zone, b"a")] == [b"4", b"5", b"6", b"7", b"8"]
    assert subscribe(zone, "asks", b"a", resume=Resume(event_id=b"e3"), stay=Stay.NEVER) == Subscribed(staying=False)
    (key,) = zone.redis.ask(b"KEYS", zone.key("event-ids:*"))
    assert zone.redis.ask(b"ZCARD", key) == 5


def test_a_timer_of_several_workers_turns_once_in_its_interval(zone: OpenedRedisZone) -> None:
    zone.stand_at(NOW + 100)
    zone.do(Collect(), timed=True)
    zone.do(Create((b"a",)))
    zone.do(Delete((b"a",)))
    for seconds, left in ((100, 1), (103, 1), (104, 0)):
        zone.stand_at(NOW + seconds)
        zone.do(Collect(), timed=True)
        assert zone.do(Summary()).channels_in_delete == left


def test_a_timer_turns_though_the_clock_was_set_back(zone: OpenedRedisZone) -> None:
    zone.stand_at(NOW + 1000)
    zone.do(Collect(), timed=True)
    zone.stand_at(NOW)
    zone.do(Create((b"a",)))
    zone.do(Delete((b"a",)))
    zone.do(Collect(), timed=True)
    assert zone.do(Summary()).channels_in_delete == 0


# -- memory ---------------------------------------------------------------------------------------------------------------------


def test_as_much_fits_as_into_the_memory_of_the_module(make: Opener) -> None:
    main = replace(MAIN, shared_memory=(1 << 19, b"zone"))
    zone, model = make(main, texts=(b"~text~", b"<~text~>")), Zone(main, templates(main, b"~text~", b"<~text~>"), NOW)
    results: list[Published | Refusal] = []
    for number in range(10_000):
        operation = Publish((b"%d" % (number % 7),), b"x" * (number * 37 % 5000), True, b"id", None)
        results.append(zone.do(operation))
        assert results[-1] == model.do(operation, NOW)
        if isinstance(results[-1], Refusal):
            break
    assert isinstance(results[-1], Refusal) and len(results) > 20
    assert zone.failures == model.memory_failures == 1
    assert zone.do(UsedMemory()) == model.do(UsedMemory(), NOW)
    assert zone.do(Delete((b"1",), b"x" * 5000)) == model.do(Delete((b"1",), b"x" * 5000), NOW)


def test_a_worker_does_not_get_what_there_is_no_memory_for(make: Opener) -> None:
    main = replace(MAIN, shared_memory=(1 << 17, b"zone"), events_channel_id=b"ev")
    zone, model = make(main), Zone(main, templates(main, b"~text~"), NOW)
    hearer, expected = zone.worker("w1", 77), Hearer()
    model.recipients["w1"] = expected
    asked: list[Change] = [
        Attach("w1", 77),
        Subscribe("w1", (ChannelRequest(b"a"), ChannelRequest(b"ev")), allow_connections_to_events_channel=True),
        *[Publish((b"a",), b"x" * size, True) for size in (40000, 4000, 2000, 1000, 500, 200, 100, 60, 50, 30, 20, 10, 5)],
        *[Subscribe("w1", (ChannelRequest(b"c%d" % number),)) for number in range(70)],
        *[Publish((b"a",), b"", False)] * 70,
    ]
    for operation in asked:
        assert zone.do(operation) == model.do(operation, NOW)  # type: ignore[misc]
    assert hearer.messages == expected.messages
    assert zone.failures == model.memory_failures > 0


def test_old_messages_for_which_redis_would_cut_off_the_worker_are_refused(make: Opener) -> None:
    zone = make(replace(MAIN, shared_memory=(1 << 26, b"zone")))
    zone.worker("w1")
    for _ in range(24):
        zone.do(Publish((b"a",), b"x" * (1 << 20), True))
    refusal = subscribe(zone, "w1", b"a", resume=Resume(0))
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.explain) == (503, b"The old messages are too long for one answer of Redis.")
    result = zone.do(Subscribe("w1", (ChannelRequest(b"a", 23),)))
    assert isinstance(result, Subscribed) and len(result.messages) == 23


def test_what_frees_memory_is_done_when_the_server_has_none_left(zone: OpenedRedisZone) -> None:
    zone.worker("w1", 7)
    positions = subscribed_at(zone, "w1", b"a", b"b")
    zone.do(Publish((b"a",), b"m", True))
    zone.redis.ask(b"CONFIG", b"SET", b"maxmemory", b"1")
    try:
        for growing in (Create((b"c",)), Publish((b"a",), b"m", True), Subscribe("w1", (ChannelRequest(b"a"),))):
            with pytest.raises(RedisError, match=r"^OOM "):
                zone.do(growing)
        zone.do(Unsubscribe("w1", (b"a", b"b")))
        zone.rejoin("w1", 7, 1, held(b"b", positions[b"b"]))
        assert zone.do(Summary()).by_worker == (WorkerInfo("w1", 7, 1, 0),)
        assert zone.do(Delete((b"b",))) is True
        zone.forward(MAIN.message_ttl + 5)
        zone.do(Forget("w1"))
    finally:
        zone.redis.ask(b"CONFIG", b"SET", b"maxmemory", b"0")
    totals = zone.do(Summary())
    assert (totals.stored_messages, totals.channels_in_delete, totals.by_worker) == (0, 0, ())


# -- shards ---------------------------------------------------------------------------------------------------------------------


def test_the_memory_is_shared_out_to_shards(make: Opener) -> None:
    whole, parts = make().do(UsedMemory()), make(shards=16).do(UsedMemory())
    assert whole == Zone(MAIN, templates(MAIN), NOW).do(UsedMemory(), NOW)
    assert (parts.size, parts.failures) == (whole.size, 0)
    assert parts.used == 15 * PAGE + 16 * PAGE


def test_events_of_other_shards_are_reported(make: Opener) -> None:
    main = replace(MAIN, events_channel_id=b"ev")
    zone = make(main, shards=4)
    hearer = zone.worker("w1")
    subscribe(zone, "w1", b"ev", allow_connections_to_events_channel=True)
    zone.do(Create((b"a", b"b", b"c", b"d", b"e")))
    assert len({shard_of(id, 4) for id in (b"ev", b"a", b"b", b"c", b"d", b"e")}) > 2
    assert sorted(message.text for message in hearer.messages) == [
        b'{"type": "channel_created", "channel": "%b"}' % id for id in (b"a", b"b", b"c", b"d", b"e")
    ]


def test_who_resumes_in_several_shards_gets_what_came_later(make: Opener) -> None:
    zone = make(shards=4)
    zone.has_own_time = False
    ids = (b"a", b"b", b"g")
    assert len({shard_of(id, 4) for id in ids}) == 3
    for number in range(30):
        zone.do(Publish((ids[number % 3],), b"%d" % number, True))
    tenth = _stored(zone, ids[0])[3]
    result = subscribe(zone, "asks", *ids, resume=Resume(tenth.time, tenth.tag), stay=Stay.NEVER)
    assert isinstance(result, Subscribed)
    assert sorted(int(message.text) for message in result.messages) == list(range(10, 30))


def test_servers_with_other_numbers_of_shards_do_not_share_a_zone(make: Opener, server: RedisServer) -> None:
    zone = make()
    with pytest.raises(RedisError, match=r"^NGXPUSH shards 1"):
        OpenedRedisZone(server.port, zone.name, MAIN, templates(MAIN), 4)


# -- cost ------------------------------------------------------------------------------------------------------------------------


def _commands(zone: OpenedRedisZone, operation: ZoneOperation[Any], by: str) -> dict[str, int]:
    """How often the function calls each command of Redis for an operation."""
    zone.redis.ask(b"CONFIG", b"RESETSTAT")
    zone.do(operation, by)
    lines = zone.redis.ask(b"INFO", b"commandstats").decode().splitlines()
    calls = [line.removeprefix("cmdstat_").replace(":calls=", ",").split(",")[:2] for line in lines if ":" in line]
    return {name: int(number) for name, number in calls if name not in ("evalsha", "ping", "config", "config|resetstat", "info")}


def test_a_publish_costs_redis_the_same_however_much_is_stored(make: Opener) -> None:
    zone = make(replace(MAIN, shared_memory=(1 << 28, b"zone")))
    for name in ("w1", "w2", "w3"):
        zone.worker(name)
        subscribe(zone, name, b"a")
    zone.do(Publish((b"a",), b"m", True))
    expected = {"mget": 1, "xadd": 1, "mset": 1, "hgetall": 1, "publish": 2}
    assert _commands(zone, Publish((b"a",), b"m", True), "w1") == expected
    for number in range(2 * SLICE):
        zone.do(Publish((b"a", b"%d" % number), b"m", True))
    assert _commands(zone, Publish((b"a",), b"m", True), "w1") == expected
    assert _commands(zone, Create((b"a", b"7")), "w1") == {"mget": 1}


def test_lines_of_the_function_are_no_longer_than_others() -> None:
    assert [line for line in scripts()[0].decode().splitlines() if len(line) > 130] == []
