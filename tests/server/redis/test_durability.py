"""What a real server says of how it keeps its data."""

from __future__ import annotations

import asyncio

from ngxpush.server.redis.connection import RedisConnection
from ngxpush.server.redis.durability import concerns
from ngxpush.server.redis.nodes import Nodes
from ngxpush.server.redis.url import read
from tests.server.redis.servers import needs_redis, redis_server

pytestmark = needs_redis


async def _connect(url: str) -> RedisConnection:
    return await Nodes(read(url)).connect(b"a", lambda pushed: None, lambda reason: None)


def _concerns(url: str) -> list[str]:
    async def look() -> list[str]:
        connection = await _connect(url)
        try:
            return await concerns(connection)
        finally:
            connection.close()

    return asyncio.run(look())


def test_a_server_that_keeps_its_data() -> None:
    with redis_server(persistent=True) as server:
        assert _concerns(server.url) == []
        server.cli("CONFIG", "SET", "appendonly", "no")
        server.cli("CONFIG", "SET", "save", "60 1")
        assert _concerns(server.url) == []


def test_a_server_that_loses_its_data() -> None:
    with redis_server(maxmemory="100mb", maxmemory_policy="allkeys-lru") as server:
        restarts, full = _concerns(server.url)
        assert (
            restarts == "keeps nothing on disk (appendonly is no, save is empty): channels and messages are gone when it restarts"
        )
        assert full == "may drop channels when its memory is full (maxmemory-policy is allkeys-lru, not noeviction)"


def test_an_account_that_may_not_ask() -> None:
    with redis_server() as server:
        server.cli("ACL", "SETUSER", "ngxpush", "on", ">word", "+@all", "-config", "~*")
        assert _concerns(f"redis://ngxpush:word@127.0.0.1:{server.port}") == []
