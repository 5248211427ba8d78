"""A connection to a real server, and to one that says what none would."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvloop

from ngxpush.server.redis.connection import RedisConnection, RedisLost, RedisRefused
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

pytestmark = needs_redis


class Ends:
    """What a connection reports."""

    def __init__(self) -> None:
        self.pushed: list[bytes] = []
        self.reasons: list[str] = []


@contextlib.asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[RedisConnection, Ends]]:
    ends = Ends()
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(
        lambda: RedisConnection(ends.pushed.append, ends.reasons.append), "127.0.0.1", port
    )
    try:
        yield connection, ends
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server() -> Any:
    with redis_server() as started:
        yield started


def test_replies_and_pushes_come_in_order(server: RedisServer) -> None:
    async def scenario() -> None:
        async with _connected(server.port) as (connection, ends):
            await connection.ask("HELLO", 3)
            assert (await connection.ask("SUBSCRIBE", "topic"))[0] == b"subscribe"
            seen: list[Any] = []
            connection.send(("INCR", "number"), seen.append)
            connection.send(("PUBLISH", "topic", b"\x00\xff"), seen.append)
            connection.send(("NONSENSE",), seen.append)
            assert await connection.ask("ECHO", "last") == b"last"
            assert seen[:2] == [1, 1]
            assert isinstance(seen[2], RedisRefused) and str(seen[2]).startswith("ERR unknown command")
            assert ends.pushed == [b"\x00\xff"]

    asyncio.run(scenario())


def test_what_is_asked_in_one_turn_leaves_in_one_write(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with _connected(server.port) as (connection, _):
            writes: list[bytes] = []
            monkeypatch.setattr(connection, "_transport", Recorded(connection._transport, writes))
            connection.send(("ECHO", "a"), lambda reply: None)
            assert await connection.ask("ECHO", "b") == b"b"
            assert writes == [b"*2\r\n$4\r\nECHO\r\n$1\r\na\r\n*2\r\n$4\r\nECHO\r\n$1\r\nb\r\n"]

    asyncio.run(scenario())


class Recorded:
    """A transport whose writes are written down."""

    def __init__(self, transport: Any, writes: list[bytes]) -> None:
        self._transport = transport
        self._writes = writes

    def write(self, data: bytes) -> None:
        self._writes.append(data)
        self._transport.write(data)

    def abort(self) -> None:
        self._transport.abort()


def test_calls_fail_when_the_server_is_killed() -> None:
    async def scenario() -> None:
        with redis_server() as server:
            async with _connected(server.port) as (connection, ends):
                server.pause()
                waiting = asyncio.ensure_future(connection.ask("PING"))
                await asyncio.sleep(0)
                server.kill()
                with pytest.raises(RedisLost, match="has c"):
                    await waiting
                assert len(ends.reasons) == 1
                with pytest.raises(RedisLost):
                    await connection.ask("PING")

    asyncio.run(scenario())


def test_no_call_waits_for_a_server_that_is_paused() -> None:
    async def scenario() -> None:
        with redis_server() as server:
            async with _connected(server.port) as (connection, ends):
                server.pause()
                with pytest.raises(RedisLost, match="has not answered for 2 seconds"):
                    await connection.ask("PING")
                assert ends.reasons == ["has not answered for 2 seconds"]

    asyncio.run(scenario())


def test_a_call_in_time_keeps_the_connection(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer that the first call has set finds no one who waits."""
    monkeypatch.setattr("ngxpush.server.redis.connection.REPLY_TIME", 0.1)

    async def scenario() -> None:
        async with _connected(server.port) as (connection, ends):
            connection.send(("PING",), lambda reply: None)
            while connection._timer is not None:
                await asyncio.sleep(0.01)
            assert await connection.ask("PING") == b"PONG"
            assert ends.reasons == []

    asyncio.run(scenario())


def test_a_process_that_was_kept_from_reading_reads_before_it_gives_up(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ngxpush.server.redis.connection.REPLY_TIME", 0.3)

    async def scenario() -> None:
        async with _connected(server.port) as (connection, ends):
            waiting = asyncio.ensure_future(connection.ask("ECHO", "a"))
            await asyncio.sleep(0)
            time.sleep(0.6)
            assert await waiting == b"a"
            assert ends.reasons == []

    uvloop.run(scenario())  # its timers come before what has come


def test_the_end_of_a_subscription_is_the_end_of_the_connection(server: RedisServer) -> None:
    async def scenario() -> None:
        async with _connected(server.port) as (connection, ends):
            await connection.ask("HELLO", 3)
            await connection.ask("SUBSCRIBE", "topic")
            with pytest.raises(RedisLost):
                await connection.ask("UNSUBSCRIBE", "topic")
            assert ends.reasons == ["has moved these channels to another node"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "says what is not the protocol of Redis"),
        (b"+OK\r\n-ERR max number of clients reached\r\n", "says: ERR max number of clients reached"),
    ],
)
def test_what_no_redis_says(said: bytes, reason: str) -> None:
    async def scenario() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(said)

        other = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with _connected(other.sockets[0].getsockname()[1]) as (connection, ends):
            connection.send(("PING",), lambda reply: None)
            while not ends.reasons:
                await asyncio.sleep(0.01)
            assert ends.reasons[0].startswith(reason)
        other.close()

    asyncio.run(scenario())


def test_a_closed_connection_reports_nothing(server: RedisServer) -> None:
    async def scenario() -> None:
        async with _connected(server.port) as (connection, ends):
            waiting = asyncio.ensure_future(connection.ask("PING"))
            await asyncio.sleep(0)
            connection.close()
            with pytest.raises(RedisLost, match="was closed"):
                await waiting
            await asyncio.sleep(0)
            assert ends.reasons == []

    asyncio.run(scenario())
