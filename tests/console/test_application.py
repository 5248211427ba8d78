"""Who may ask, and what the pages say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from ngxpush.config.configuration import ListenAddress
from ngxpush.console.application import hosts
from ngxpush.push.operations import ChannelsInfo
from ngxpush.server.clients.listeners import ListeningSocket
from tests.console.opened import OpenedConsole, opened
from tests.patience import PATIENCE
from tests.push.fakes import publish, run

_ATTACK = b"<script>alert(1)<\"'>"


def _play(steps: Callable[[OpenedConsole], Awaitable[None]]) -> None:
    async def play() -> None:
        async with opened() as here:
            await steps(here)

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


async def _token(here: OpenedConsole) -> str:
    found = re.search(r'name="token" value="([^"]+)"', (await here.get("/channel?id=a"))[1])
    assert found is not None
    return found[1]


def _published(here: OpenedConsole, id: bytes = b"a") -> int:
    return sum(info.published_messages for info in run(here.push.zone.do(ChannelsInfo((id,)))).infos)


def test_pages_show_values_as_text() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, _ATTACK, _ATTACK, event_id=_ATTACK, event_type=_ATTACK)
        for page in ("/", "/channel?id=%3Cscript%3Ealert(1)%3C%22%27%3E", "/?filter=%3Cscript%3E"):
            status, text = await here.get(page)
            assert status == 200
            assert "<script>" not in text and "&lt;script&gt;" in text
            assert "'>" not in text
        assert "alert%281%29%3C%22%27%3E" in (await here.get("/"))[1]

    _play(steps)


def test_any_bytes_are_a_channel() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"\xff\x00 +%", b"binary: \xff")
        text = (await here.get("/"))[1]
        (link,) = re.findall(r'href="(/channel[^"]+)"', text)
        assert link == "/channel?id=%FF%00%20%2B%25"
        async with here.client.get(here.console.url.rstrip("/") + link) as answer:
            text = await answer.text()
        assert "\\xff\\x00 +%" in text and "1 published, 1 stored" in text and "ff" in text

    _play(steps)


def test_the_filter_and_the_order() -> None:
    async def steps(here: OpenedConsole) -> None:
        for id in (b"news", b"prices", b"newest"):
            publish(here.push, id, b"x")
        publish(here.push, b"prices", b"x")
        ids = re.compile(r'href="/channel\?id=(\w+)"')
        assert ids.findall((await here.get("/?filter=new&order=id"))[1]) == ["newest", "news"]
        assert ids.findall((await here.get("/?order=published"))[1]) == ["prices", "newest", "news"]
        assert ids.findall((await here.get("/?order=nonsense"))[1]) == ["newest", "news", "prices"]
        assert "No channels." in (await here.get("/?filter=none"))[1]

    _play(steps)


@pytest.mark.parametrize("target", ["/", "/nothing", "/console.js", "/channel", "/live"])
def test_only_its_own_host(target: str) -> None:
    async def steps(here: OpenedConsole) -> None:
        port = here.console.url.rsplit(":")[-1].rstrip("/")
        for host in ("attacker.example", f"attacker.example:{port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.2:{port}", ""):
            assert (await here.get(target, Host=host))[0] == 403
        if target != "/live":
            for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
                assert (await here.get(target, Host=host))[0] in (200, 404)

    _play(steps)


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

    _play(steps)


def test_publish() -> None:
    async def steps(here: OpenedConsole) -> None:
        form = {"token": await _token(here), "text": "one\r\ntwo", "event_id": "7", "event_type": "", "store": "on"}
        assert await here.post("/channel/publish?id=a", form) == (200, "Published: message 1.\n")
        text = (await here.get("/channel?id=a"))[1]
        assert "<pre>one\ntwo</pre>" in text and "<td>7</td>" in text
        del form["store"]
        assert (await here.post("/channel/publish?id=a", form, Accept="text/html"))[0] == 303
        assert "2 published, 1 stored" in (await here.get("/channel?id=a"))[1]
        assert await here.post("/channel/publish?id=ALL", form) == (409, "Channel id not authorized for this method.\n")

    _play(steps)


def test_delete() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x")
        form = {"token": await _token(here)}
        assert await here.post("/channel/delete?id=a", form) == (200, "Deleted.\n")
        assert "There is no such channel." in (await here.get("/channel?id=a"))[1]
        assert await here.post("/channel/delete?id=a", form) == (409, "There is no such channel.\n")

    _play(steps)


def test_others_change_nothing() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x")
        token, own = await _token(here), here.console.url.rstrip("/")
        for action in ("publish", "delete"):
            target = f"/channel/{action}?id=a"
            for given in ({}, {"token": ""}, {"token": token[:-1]}, {"token": token + "ü"}):
                assert (await here.post(target, {"text": "y", **given}))[0] == 403
            for origin in ("http://attacker.example", "null", own.replace("http", "https"), own + "1"):
                assert (await here.post(target, {"text": "y", "token": token}, Origin=origin))[0] == 403
            assert (await here.get(target))[0] == 405
            assert (await here.post(target, {"text": "y", "token": token}, Host="attacker.example"))[0] == 403
        assert _published(here) == 1
        assert (await here.post("/channel/publish?id=a", {"text": "y", "token": token}, Origin=own))[0] == 200

    _play(steps)


def test_a_channel_needs_an_id() -> None:
    async def steps(here: OpenedConsole) -> None:
        async with here.client.get("/channel?id=", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")

    _play(steps)
