"""One worker's stream with a real server that comes and goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ngxpush.server.redis.connection import RedisConnection, RedisLost, RedisRefused
from ngxpush.server.redis.nodes import Nodes
from ngxpush.server.redis.stream import ShardStream
from ngxpush.server.redis.url import read
from tests.server.redis.fakes import until
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

pytestmark = needs_redis


class Streaming:
    """A stream, and what it has reported."""

    def __init__(self, url: str) -> None:
        self.pushed: list[bytes] = []
        self.changes: list[str | None] = []
        self.joined = 0
        self.refusal: Exception | None = None
        self.stream = ShardStream(Nodes(read(url)), b"{zone}", self._join, self.pushed.append, self._changed)

    async def _join(self, connection: RedisConnection) -> None:
        if self.refusal is not None:
            raise self.refusal
        await connection.ask("SUBSCRIBE", "topic")
        self.joined += 1

    def _changed(self) -> None:
        self.changes.append(self.stream.away)

    async def ask(self, *command: str) -> Any:
        waiting = asyncio.get_running_loop().create_future()
        self.stream.send(command, waiting.set_result)
        return await waiting


@pytest.fixture
def server() -> Any:
    with redis_server() as started:
        yield started


def test_a_stream_that_was_lost_joins_again(server: RedisServer) -> None:
    async def scenario() -> None:
        streaming = Streaming(server.url)
        assert isinstance(await streaming.ask("PING"), RedisLost)
        await streaming.stream.open()
        assert await streaming.ask("PING") == b"PONG"
        server.kill()
        await until(lambda: streaming.changes)
        assert isinstance(await streaming.ask("PING"), RedisLost)
        assert streaming.changes == ["has closed the connection"]
        await until(lambda: streaming.stream.away == "can't be reached (Connection refused)")
        server.start()
        await until(lambda: len(streaming.changes) == 2)
        assert (streaming.changes[1], streaming.joined) == (None, 2)
        await streaming.ask("PUBLISH", "topic", "text")
        assert streaming.pushed == [b"text"]
        streaming.stream.close()

    asyncio.run(scenario())


def test_a_server_that_is_paused_is_left_and_found_again(server: RedisServer) -> None:
    async def scenario() -> None:
        streaming = Streaming(server.url)
        await streaming.stream.open()
        server.pause()
        assert str(await streaming.ask("PING")) == "has not answered for 2 seconds"
        server.go_on()
        await until(lambda: streaming.changes == ["has not answered for 2 seconds", None])
        streaming.stream.close()

    asyncio.run(scenario())


def test_a_worker_that_can_not_join_tries_again(server: RedisServer) -> None:
    async def scenario() -> None:
        streaming = Streaming(server.url)
        await streaming.stream.open()
        streaming.refusal = RedisRefused("LOADING Redis is loading the dataset in memory")
        streaming.stream.give_up("has lost its scripts")
        await until(lambda: streaming.stream.away == "is still reading its data")
        streaming.refusal = None
        await until(lambda: streaming.stream.away is None)
        assert streaming.changes == ["has lost its scripts", None]
        streaming.stream.close()

    asyncio.run(scenario())


def test_the_first_attempt_fails_at_once_and_others_follow(server: RedisServer) -> None:
    async def scenario() -> None:
        streaming = Streaming(server.url)
        streaming.refusal = RedisRefused("OOM")
        with pytest.raises(RedisRefused):
            await streaming.stream.open()
        streaming.refusal = None
        await until(lambda: streaming.changes == [None])
        streaming.stream.close()

    asyncio.run(scenario())


def test_a_closed_stream_does_not_come_back(server: RedisServer) -> None:
    async def scenario() -> None:
        streaming = Streaming(server.url)
        await streaming.stream.open()
        server.kill()
        await until(lambda: streaming.changes)
        streaming.stream.close()
        await asyncio.sleep(0)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        assert str(await streaming.ask("PING")) == "was closed"

    asyncio.run(scenario())
