"""Servers of tests whose channels are in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from ngxpush.testing import CannotStart, ChannelsElsewhere, serve
from tests.patience import wait_until
from tests.running import free_port
from tests.server.redis.servers import RedisServer, needs_redis, redis_server
from tests.testing.configuration import configuration

pytestmark = needs_redis


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as made:
        yield made


def test_servers_share_them(redis: RedisServer) -> None:
    text = configuration()
    with serve(text, channels=redis.url) as one, serve(text, channels=redis.url) as other:
        for mode in one.modes:
            with other.subscribe("news", mode) as news:
                one.publish("news", f"for {mode}")
                assert news.next().text == f"for {mode}"
        assert other.channels() == one.channels()  # in this order: only the other one knows when its subscribers have left
        assert [message.text for message in one.messages("news")] == [message.text for message in other.messages("news")]
        assert f"the channels are in {redis.url}, which keeps nothing on disk" in one.log


def test_what_only_a_server_with_its_own_channels_knows(redis: RedisServer) -> None:
    with serve(configuration(), channels=redis.url) as server:
        server.publish("news", "hello")
        with pytest.raises(ChannelsElsewhere):
            server.published()
        with pytest.raises(ChannelsElsewhere):
            server.expire()
        server.advance(3600)
        assert len(server.messages("news")) == 1


def test_in_an_event_loop(redis: RedisServer) -> None:
    async def play() -> None:
        async with serve(configuration(), channels=redis.url) as server:
            await server.publish("news", "hello")
            assert [message.text for message in await server.messages("news")] == ["hello"]

    asyncio.run(play())


def test_redis_is_away(redis: RedisServer) -> None:
    with serve(configuration(), channels=redis.url) as server:
        server.publish("news", "hello")
        redis.kill()
        wait_until(lambda: "can't be used" in server.log)
        with pytest.raises(ConnectionError, match="the channels are in Redis, which "):
            server.channels()


@pytest.mark.parametrize(
    ("url", "said"),
    [("redis:x", "channels is no URL of channels: it has to begin with redis://"), ("", "can't be used: it can't be reached")],
)
def test_what_can_not_be_used(url: str, said: str) -> None:
    with pytest.raises(CannotStart, match=said), serve(configuration(), channels=url or f"redis://127.0.0.1:{free_port()}"):
        pass
