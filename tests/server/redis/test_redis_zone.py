"""A zone in Redis as workers use it, on real servers that are killed, paused, moved and lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.http.driver import Run
from ngxpush.http.operations import WAITING
from ngxpush.push.operations import ChannelInfo, ChannelsInfo, Create, Delete, Publish, Published, Refusal, Summary, ZoneAway
from ngxpush.push.templates import Templates
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, OpenedZone, ZoneContract, subscribe, templates
from tests.server.redis.members import members
from tests.server.redis.opened_zone import OpenedRedisZones, stand_still
from tests.server.redis.servers import Cluster, RedisServer, cluster, needs_redis, redis_server

pytestmark = needs_redis

_names = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as started:
        yield started


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    with cluster() as started:
        yield started


class TestContract(ZoneContract):
    @pytest.fixture(autouse=True)
    def use(self, server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._url = server.url
        self._monkeypatch = monkeypatch

    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        clock = FakeClock()
        stand_still(self._monkeypatch, clock)
        return OpenedRedisZones(self._url, f"zone{next(_names)}", main, templates, clock)


# What a Cluster does otherwise: an operation of several shards is not one there.
_TAGS = "tags count in a shard, not over all channels"
_SHARED_OUT = "each shard has its part of the limits and of the memory"
_OTHERWISE = {
    "test_ids_count_in_the_channel_and_tags_in_the_second": _TAGS,
    "test_long_and_odd_texts_arrive_as_they_are": _SHARED_OUT,
    "test_channels_before_a_refused_one_are_made": _SHARED_OUT,
    "test_what_does_not_fit_into_the_memory_is_refused": _SHARED_OUT,
}
_ANY_SEQUENCE = "test_any_sequence_has_the_results_of_a_zone_in_memory"  # so its tags are others as well


class TestContractInCluster(TestContract):
    @pytest.fixture(autouse=True)
    def use(  # type: ignore[override]
        self, nodes: Cluster, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> None:
        self._url = nodes.url
        self._monkeypatch = monkeypatch
        name = request.function.__name__
        if name == _ANY_SEQUENCE:
            pytest.skip(_TAGS)
        if name in _OTHERWISE:
            request.applymarker(pytest.mark.xfail(reason=_OTHERWISE[name], strict=True))


class TestWorkers:
    """What else workers see of their zone."""

    @pytest.fixture
    def opened(self, server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenedRedisZones]:
        clock = FakeClock()
        stand_still(monkeypatch, clock)
        zone = OpenedRedisZones(server.url, f"zone{next(_names)}", MAIN, templates(MAIN), clock)
        yield zone
        zone.close()

    def test_one_that_dies_is_forgotten_and_one_that_lives_is_not(self, opened: OpenedRedisZones) -> None:
        opened.worker("w1")
        opened.worker("w2")
        for name in ("w1", "w2"):
            subscribe(opened, name, b"a")
        opened.die("w1")
        opened.forward(10)
        assert [worker.name for worker in opened.do(Summary()).by_worker] == ["w1", "w2"]
        opened.forward(15)
        assert [worker.name for worker in opened.do(Summary()).by_worker] == ["w2"]
        assert opened.do(ChannelsInfo((b"a",))).infos == (ChannelInfo(b"a", 0, 0, 1),)

    def test_what_does_not_fit_into_the_zone_is_in_the_error_log(self, opened: OpenedRedisZones) -> None:
        assert isinstance(opened.do(Publish((b"a",), b"x" * (1 << 20), True)), Refusal)
        assert opened.said == [("crit", "ngx_slab_alloc() failed: no memory")]

    def test_a_channel_with_subscribers_here_is_there(self, opened: OpenedRedisZones) -> None:
        """Each publisher asks for it first."""
        opened.worker("w1")
        subscribe(opened, "w1", b"a")
        zone = opened.zones["w1"]
        assert zone.ask(Create((b"a",)), pytest.fail) is None
        opened.do(Delete((b"a",)))
        answers: list[Any] = []
        assert zone.ask(Create((b"a",)), answers.append) is WAITING
        assert len(opened.do(ChannelsInfo((b"a",))).infos) == len(answers) == 1

    def test_a_handler_waits_for_its_answer(self, opened: OpenedRedisZones) -> None:
        results: list[Any] = []

        async def handle() -> None:
            results.append(await opened.zones["asks"].do(Publish((b"a",), b"m", True)))

        waiting = Run(handle(), None, lambda: None)  # type: ignore[arg-type]
        waiting.start()
        assert not results
        opened.do(ChannelsInfo(()))
        assert results == [Published((ChannelInfo(b"a", 1, 1, 0),))] and waiting.ended

    def test_a_handler_is_told_at_once_that_redis_is_away(self, opened: OpenedRedisZones) -> None:
        opened.worker("w1")
        opened.zones["w1"]._attachments[0].stream.close()
        told: list[str] = []

        async def handle() -> None:
            try:
                await opened.zones["w1"].do(Summary())
            except ZoneAway as away:
                told.append(str(away))

        Run(handle(), None, lambda: None).start()  # type: ignore[arg-type]
        assert told == ["the channels are in Redis, which was closed"]
        del opened.zones["w1"]


def test_all_clients_and_channels_of_a_worker_are_one_subscription_in_redis() -> None:
    async def scenario() -> None:
        with redis_server() as server:
            async with members(server.url, server.url) as (here, there):
                for number in range(30):
                    await here.subscribe(b"a", b"%d" % number)
                await there.subscribe(b"a")
                topics = server.cli("PUBSUB", "CHANNELS").split()
                assert set(topics) == {f"{{ngxpush:zone:0}}:worker:{member.name}" for member in (here, there)}
                assert server.cli("PUBSUB", "NUMSUB", *topics).split()[1::2] == ["1", "1"]
                assert "connected_clients:3" in server.cli("INFO", "clients")  # with redis-cli

    asyncio.run(scenario())


def test_events_of_all_shards_are_in_one_channel(nodes: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    main = replace(MAIN, events_channel_id=b"ev", shared_memory=(1 << 24, b"zone"))
    clock = FakeClock()
    stand_still(monkeypatch, clock)
    zone = OpenedRedisZones(nodes.url, f"zone{next(_names)}", main, templates(main), clock)
    hearer = zone.worker("w1")
    subscribe(zone, "w1", b"ev", allow_connections_to_events_channel=True)
    ids = tuple([b"c%d" % number for number in range(20)])
    zone.do(Create(ids))
    zone.do(ChannelsInfo(()))
    assert sorted(message.text for message in hearer.messages) == sorted(
        b'{"type": "channel_created", "channel": "%b"}' % id for id in ids
    )
    zone.close()
