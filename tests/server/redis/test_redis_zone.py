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


class TestContractInCluster(TestContract):
    @pytest.fixture(autouse=True)
    def use(self, nodes: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[override]
        self._url = nodes.url
        self._monkeypatch = monkeypatch
