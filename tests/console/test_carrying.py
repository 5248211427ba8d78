"""Subscribers that the console opens for a page, with a server that is none of ours on the other side."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from ngxpush.config.directives.push_stream.settings import SubscriberMode
from ngxpush.console import carrying
from ngxpush.console.carrying import carry
from ngxpush.explain.ways import Way
from tests.patience import PATIENCE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def _listening(*routes: web.RouteDef) -> AsyncIterator[str]:
    made = web.Application()
    made.add_routes(routes)
    runner = web.AppRunner(made, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield "http://127.0.0.1:{}".format(*runner.addresses[0][1:2])
    finally:
        await runner.cleanup()


def _carried(mode: SubscriberMode, server: Handler, count: int, **way: Any) -> list[list[str]]:
    """The first pieces that a page gets, up to `count`, or to their end."""

    async def run() -> list[list[str]]:
        async def subscribe(request: web.Request) -> web.StreamResponse:
            return await carry(request, found, mode)

        async with _listening(web.get("/sub", server)) as push:
            found = Way(mode, "", "", None, f"{push}/sub?id=a", **way)
            async with (
                _listening(web.get("/", subscribe)) as console,
                aiohttp.ClientSession() as session,
                session.ws_connect(console, headers={"User-Agent": "a browser"}) as page,
            ):
                pieces: list[list[str]] = []
                async for message in page:
                    pieces.append(json.loads(message.data))
                    if len(pieces) == count:
                        break
                return pieces

    return asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_a_long_text_is_cut() -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        return web.Response(text="ü" * 20_000)

    _, text, _ = _carried(SubscriberMode.POLLING, server, 3)
    assert text == ["text", "ü" * 16384 + "\n… and 3616 characters more"]


@pytest.mark.parametrize("mode", [SubscriberMode.STREAMING, SubscriberMode.EVENTSOURCE])
def test_one_answer_as_it_comes(mode: SubscriberMode) -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        for piece in ("grü".encode()[:3], "grü".encode()[3:], b"\xff"):
            await response.write(piece)
            await asyncio.sleep(0.02)
        return response

    pieces = _carried(mode, server, 99)
    assert pieces[0] == ["head", "200 OK; Content-Type: text/plain"]
    assert "".join(text for kind, text in pieces if kind == "text") == "grü\\xff"
    assert pieces[-1] == ["end", "The server has ended the answer."]


def test_who_asks_and_whom() -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        return web.Response(text=f"{request.headers['Host']} {request.headers['User-Agent']} {request.query_string}")

    pieces = _carried(SubscriberMode.STREAMING, server, 99, host="push.example")
    assert ["text", "push.example a browser id=a"] in pieces


def test_each_request_resumes_where_the_last_one_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "POLLS_EVERY", 0)
    monkeypatch.setattr(carrying.time, "time", lambda: 1e9)
    asked: list[tuple[str | None, str | None, str]] = []

    async def server(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers.get("If-Modified-Since"), request.headers.get("If-None-Match"), request.raw_path))
        if len(asked) == 2:
            return web.Response(status=304)
        if len(asked) == 4:
            return web.Response(status=403, headers={"X-Nginx-PushStream-Explain": "No."})
        return web.Response(text=f"m{len(asked)}", headers={"Last-Modified": f"day {len(asked)}", "Etag": f"W/{len(asked)}"})

    for mode, names in ((SubscriberMode.LONG_POLLING, {}), (SubscriberMode.POLLING, {"time": "t", "tag": "g"})):
        asked.clear()
        pieces = _carried(mode, server, 99, **names)
        assert [text for kind, text in pieces if kind == "text"] == ["m1", "m3"]
        # A polling client has to say from when on.
        first = ("Sun, 09 Sep 2001 01:46:40 GMT", "0") if mode is SubscriberMode.POLLING else (None, None)
        assert [(time, tag) for time, tag, _ in asked] == [first, ("day 1", "W/1"), ("day 1", "W/1"), ("day 3", "W/3")]
        assert asked[3][2] == ("/sub?id=a&t=day%203&g=W%2F3" if names else "/sub?id=a")
        assert pieces[0] == ["head", "200 OK; Content-Type: text/plain; charset=utf-8; Last-Modified: day 1; Etag: W/1"]
        assert pieces[-2][1].startswith("403 Forbidden") and pieces[-2][1].endswith("X-Nginx-PushStream-Explain: No.")
        assert pieces[-1] == ["end", "It is not asked again."]


def test_frames() -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("one")
        await socket.send_bytes(b"\xfftwo")
        await socket.send_frame(b"\xffthree", aiohttp.WSMsgType.TEXT)  # nginx sends what was published, UTF-8 or not
        await socket.close(code=1001)
        return socket

    assert _carried(SubscriberMode.WEBSOCKET, server, 99) == [
        ["head", "101 Switching Protocols"],
        ["text", "one"],
        ["text", "\\xfftwo"],
        ["text", "\\xffthree"],
        ["end", "The server has closed the connection: 1001."],
    ]


def test_a_handshake_that_is_refused() -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        return web.Response(status=403)

    assert _carried(SubscriberMode.WEBSOCKET, server, 99) == [
        ["head", "403 Forbidden"],
        ["end", "The server does not switch to the WebSocket protocol."],
    ]


def test_a_server_that_breaks_off() -> None:
    async def server(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    ((kind, text),) = _carried(SubscriberMode.STREAMING, server, 99)
    assert kind == "end" and text.startswith("The server can't be asked: ")


def test_the_subscriber_leaves_with_the_page() -> None:
    left: list[bool] = []

    async def server(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        try:
            await asyncio.Event().wait()
        finally:
            left.append(True)
        return response

    assert _carried(SubscriberMode.STREAMING, server, 1)[0][0] == "head"
    assert left == [True]
