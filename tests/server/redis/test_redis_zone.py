"""A zone in Redis as workers use it, on real servers that are killed, paused, moved and lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.templates import Templates
from tests.push.fakes import FakeClock
from tests.push.zone_contract import OpenedZone, ZoneContract
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
