"""The function in Redis, on a real server: it does what push/zone.py does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.templates import Templates
from tests.push.zone_contract import OpenedZone, ZoneContract

from .servers import RedisServer, needs_redis, redis_server
from .zone_in_redis import OpenedRedisZone

pytestmark = needs_redis

_names = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as started:
        yield started


class TestContract(ZoneContract):
    @pytest.fixture(autouse=True)
    def use(self, server: RedisServer) -> None:
        self._server = server

    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedRedisZone(self._server.port, f"zone{next(_names)}", main, templates)
