"""Who may ask."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import quote

import pytest
from aiohttp import ClientConnectionResetError
from aiohttp.http_exceptions import BadHttpMessage

from ngxpush.config.configuration import ListenAddress
from ngxpush.console.application import _is_ours, hosts
from ngxpush.explain.ways import reached, ways
from ngxpush.push.operations import ChannelsInfo
from ngxpush.server.clients.listeners import ListeningSocket
from tests.console.opened import OpenedConsole, play, token
from tests.push.fakes import publish, run


def _published(here: OpenedConsole, id: bytes = b"a") -> int:
    return sum(info.published_messages for info in run(here.push.zone.do(ChannelsInfo((id,)))).infos)


@pytest.mark.parametrize("target", ["/", "/nothing", "/console.js", "/channel", "/live"])
def test_only_its_own_host(target: str) -> None:
    async def steps(here: OpenedConsole) -> None:
        port = here.console.url.rsplit(":")[-1].rstrip("/")
        for host in ("attacker.example", f"attacker.example:{port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.2:{port}", ""):
            assert (await here.get(target, Host=host))[0] == 403
        if target != "/live":
            for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
                assert (await here.get(target, Host=host))[0] in (200, 404)

    play(steps)


def test_hosts_without_a_port() -> None:
    listening = ListeningSocket(ListenAddress(b"127.0.0.1", 80), None)  # type: ignore[arg-type]
    assert hosts(listening) == {"127.0.0.1", "127.0.0.1:80", "localhost", "localhost:80"}


@pytest.mark.parametrize("target", ["/", "/channel?id=a", "/console.css", "/console.js", "/icon.svg", "/nothing"])
def test_headers(target: str) -> None:
    async def steps(here: OpenedConsole) -> None:
        for host in (None, "other.example"):
            async with here.client.get(target, headers={"Host": host} if host else {}) as answer:
                assert answer.headers["Cache-Control"] == "no-store"
                policy = answer.headers["Content-Security-Policy"].split("; ")
                assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
                assert "unsafe" not in str(policy)
                assert not [name for name in answer.headers if name.lower().startswith("access-control")]

    play(steps)


def test_others_change_nothing() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x")
        given, own = await token(here), here.console.url.rstrip("/")
        for action in ("publish", "delete"):
            target = f"/channel/{action}?id=a"
            for wrong in ({}, {"token": ""}, {"token": given[:-1]}, {"token": given + "ü"}):
                assert (await here.post(target, {"text": "y", **wrong}))[0] == 403
            for origin in ("http://attacker.example", "null", own.replace("http", "https"), own + "1"):
                assert (await here.post(target, {"text": "y", "token": given}, Origin=origin))[0] == 403
            assert (await here.get(target))[0] == 405
            assert (await here.post(target, {"text": "y", "token": given}, Host="attacker.example"))[0] == 403
        assert _published(here) == 1
        assert (await here.post("/channel/publish?id=a", {"text": "y", "token": given}, Origin=own))[0] == 200

    play(steps)


def test_others_open_no_subscriber() -> None:
    """Other sites can open a WebSocket to anywhere: its Origin says who asks."""

    async def steps(here: OpenedConsole) -> None:
        given, own = await token(here), here.console.url.rstrip("/")
        publisher, subscriber = [quote(way.url, "") for way in ways(reached(here.served.setup.sockets), b"a")]
        target = f"/channel/subscribe?id=a&url={subscriber}&host=&token="
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        for origin in ("http://attacker.example", "null", own + "1"):
            assert (await here.get(target + given, Origin=origin, **upgrade))[0] == 403
        for wrong in ("", "x", given + "x"):
            assert (await here.get(target + wrong, Origin=own, **upgrade))[0] == 403
        # Those that the configuration has are opened, and no others.
        assert (await here.get(target + given, Origin=own))[0] == 400
        for other in (publisher, subscriber + "x", "http%3A%2F%2F127.0.0.1%3A1%2F", ""):
            assert (await here.get(target.replace(subscriber, other) + given, Origin=own))[0] == 404
        assert (await here.get(target.replace("host=", "host=x") + given, Origin=own))[0] == 404

    play(steps)


def test_what_a_client_does_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """aiohttp would log a traceback, and the terminal of `ngxpush run` would show it."""
    for error in (ClientConnectionResetError("gone"), BadHttpMessage("no request")):
        assert not _is_ours(logging.LogRecord("", logging.ERROR, "", 0, "", (), (type(error), error, None)))

    async def steps(here: OpenedConsole) -> None:
        url = here.client._base_url
        assert url is not None
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"GET / HTTP/1.1\r\nno header\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()

    play(steps)
    assert not caplog.records
