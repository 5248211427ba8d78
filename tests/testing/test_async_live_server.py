"""ngxpush.testing.async_live_server: the same as live_server, in an event loop."""

from __future__ import annotations

import asyncio

import pytest

from ngxpush.testing import AsyncLiveServer, ServerDied, SubscriptionEnded, serve
from tests.testing.configuration import LOCATIONS, MODES, configuration


def test_all_that_a_test_asks() -> None:
    async def use() -> None:
        async with serve(configuration()) as server:
            async with server.subscribe("news") as news:
                await server.publish("news", "hello", event_id="1")
                assert (await news.next()).text == "hello"
                assert (await server.channels())["news"].subscribers == 1
                assert [message.event_id for message in await server.messages("news")] == ["1"]
                await server.advance(20)
                assert await server.expire() > 60
                assert [message async for message in news] == []
                with pytest.raises(SubscriptionEnded):
                    await news.next()
            assert await server.messages("news") == []
            assert len(await server.published()) == 1
            assert server.url in server.urls.values() and server.modes == MODES
            assert "POST /pub?id=news" in server.log

    asyncio.run(use())


def test_a_server_that_asks_an_application_in_the_same_loop() -> None:
    """No method keeps the loop from serving."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    async def use() -> None:
        application = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = application.sockets[0].getsockname()[1]
        asked = f"location /auth {{ proxy_pass http://127.0.0.1:{port}; }} auth_request /auth;"
        asking = serve(configuration(f"listen 80; {asked} {LOCATIONS}"))
        async with application, asking as server, server.subscribe("news", "long-polling") as news:
            await server.publish("news", "hello")
            assert (await news.next()).text == "hello"

    asyncio.run(use())


def test_the_same_server_from_both_sides() -> None:
    async def use(server: AsyncLiveServer) -> None:
        await server.publish("news", "hello")

    with serve(configuration()) as server:
        asyncio.run(use(server.in_event_loop))
        assert len(server.messages("news")) == 1


def test_a_server_that_has_ended() -> None:
    async def use() -> None:
        async with serve(configuration()) as server:
            pass
        with pytest.raises(ServerDied):
            await server.channels()

    asyncio.run(use())
