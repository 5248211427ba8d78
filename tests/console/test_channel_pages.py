"""The pages of channels."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.console.showing import size
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Delete, Inspect
from ngxpush.push.subscribers import subscribe
from tests.console.opened import OpenedConsole, event, play, token
from tests.push.fakes import FakeQuestion, path, publish, run

_ATTACK = b"<script>alert(1)<\"'>"


def test_pages_show_values_as_text() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, _ATTACK, _ATTACK, event_id=_ATTACK, event_type=_ATTACK)
        for page in ("/", "/channel?id=%3Cscript%3Ealert(1)%3C%22%27%3E", "/?filter=%3Cscript%3E"):
            status, text = await here.get(page)
            assert status == 200
            assert "<script>" not in text and "&lt;script&gt;" in text
            assert "'>" not in text
        assert "alert%281%29%3C%22%27%3E" in (await here.get("/"))[1]

    play(steps)


def test_any_bytes_are_a_channel() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"\xff\x00 +%", b"binary: \xff")
        text = (await here.get("/"))[1]
        (link,) = re.findall(r'href="(/channel[^"]+)"', text)
        assert link == "/channel?id=%FF%00%20%2B%25"
        async with here.client.get(here.console.url.rstrip("/") + link) as answer:
            text = await answer.text()
        assert "\\xff\\x00 +%" in text and "1 published, 1 stored" in text and "ff" in text

    play(steps)


def test_the_filter_and_the_order() -> None:
    async def steps(here: OpenedConsole) -> None:
        for id in (b"news", b"prices", b"newest"):
            publish(here.push, id, b"x")
        publish(here.push, b"prices", b"x")
        ids = re.compile(r'href="/channel\?id=(\w+)"')
        assert ids.findall((await here.get("/?filter=new&order=id"))[1]) == ["newest", "news"]
        assert ids.findall((await here.get("/?order=published"))[1]) == ["prices", "newest", "news"]
        assert ids.findall((await here.get("/?order=nonsense"))[1]) == ["prices", "newest", "news"]
        assert "No channels." in (await here.get("/?filter=none"))[1]

    play(steps)


def test_publish() -> None:
    async def steps(here: OpenedConsole) -> None:
        form = {"token": await token(here), "text": "one\r\ntwo", "event_id": "7", "event_type": "", "store": "on"}
        assert await here.post("/channel/publish?id=a", form) == (200, "Published: message 1.\n")
        text = (await here.get("/channel?id=a"))[1]
        assert "<pre>one\ntwo</pre>" in text and "<span>7</span>" in text
        del form["store"]
        assert (await here.post("/channel/publish?id=a", form, Accept="text/html"))[0] == 303
        assert "2 published, 1 stored" in (await here.get("/channel?id=a"))[1]
        assert await here.post("/channel/publish?id=ALL", form) == (409, "Channel id not authorized for this method.\n")

    play(steps)


def test_delete() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x")
        form = {"token": await token(here)}
        assert await here.post("/channel/delete?id=a", form) == (200, "Deleted.\n")
        assert "There is no such channel." in (await here.get("/channel?id=a"))[1]
        assert await here.post("/channel/delete?id=a", form) == (409, "There is no such channel.\n")

    play(steps)


def test_a_channel_needs_an_id() -> None:
    async def steps(here: OpenedConsole) -> None:
        async with here.client.get("/channel?id=", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")

    play(steps)


def test_messages_as_they_pass() -> None:
    async def steps(here: OpenedConsole) -> None:
        async with here.client.get("/channel/live?id=a") as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            lines = answer.content
            assert b"There is no such channel" in await event(lines, b"channel")
            assert (await lines.readuntil(b"\n\n")).startswith(b"event: health\n")
            publish(here.push, b"a", b"<i>one</i>\r\rtwo", store=False, event_id=b"e1")
            passing = await event(lines, b"passing")
            assert b"&lt;i&gt;one&lt;/i&gt;" in passing and b"<span>e1</span>" in passing
            assert all(line.startswith((b"event: ", b"data: ")) or not line for line in passing.split(b"\n"))
            assert b"1 published, 0 stored" in await event(lines, b"channel")
            run(here.push.zone.do(Delete((b"a",))))
            assert b"The channel is deleted." in await event(lines, b"passing")

    play(steps)


def test_channels_change() -> None:
    async def steps(here: OpenedConsole) -> None:
        async with here.client.get("/live?filter=a&order=id") as answer:
            assert b"No channels." in await event(answer.content, b"channels")
            publish(here.push, b"abc", b"x")
            publish(here.push, b"other", b"x")
            changed = await event(answer.content, b"channels")
            assert b"1 channel." in changed and b"abc" in changed and b"other" not in changed

    play(steps)


def test_each_column_orders() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"small", b"x")
        publish(here.push, b"large", b"x" * 5000)
        publish(here.push, b"small", b"x")
        text = (await here.get("/?order=memory&filter=l"))[1]
        assert re.findall(r'href="/channel\?id=(\w+)"', text) == ["large", "small"]
        assert re.findall(r'aria-sort="descending"><a href="/\?filter=l&order=(\w+)"', text) == ["memory"]
        (large,) = run(here.push.zone.do(Inspect((b"large",)))).states
        assert size(large.memory) in text

    play(steps)


def test_who_leaves_looks_no_more() -> None:
    async def steps(here: OpenedConsole) -> None:
        watches: list[object] = []
        async with here.client.get("/channel/live?id=a") as answer:
            await event(answer.content, b"health")
            watches += _watched(here)
            assert watches == [b"a"]
            answer.close()
        while _watched(here):
            await asyncio.sleep(0.01)

    play(steps)


def _watched(here: OpenedConsole) -> list[bytes]:
    """The channels that someone looks at."""
    assert isinstance(here.push.zone, LocalZone)
    observer = here.push.zone.zone._contents.news.observer
    return [] if observer is None else list(observer.__self__._by_channel)  # type: ignore[attr-defined]


def test_the_memory_and_the_readers_of_a_channel() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x" * 100)
        settings = PushStreamLocation(subscriber=SubscriberMode.STREAMING, channels_path=path(b"a"))
        run(subscribe(FakeQuestion(), settings, here.push))
        facts = SimpleNamespace(number=1)
        here.worker.connections.append(SimpleNamespace(unsent=70_000, connection=SimpleNamespace(facts=facts)))
        text = (await here.get("/channel?id=a"))[1]
        assert "68.4 KiB" in text and "of memory" in text

    play(steps)
