"""Pages that change while someone looks."""

from __future__ import annotations

import asyncio

from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Delete
from tests.console.opened import opened
from tests.patience import PATIENCE
from tests.push.fakes import publish, run


def _run(steps: object) -> None:
    asyncio.run(asyncio.wait_for(steps, PATIENCE))  # type: ignore[arg-type]


def test_messages_as_they_pass() -> None:
    async def play() -> None:
        async with opened() as here, here.client.get("/channel/live?id=a") as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            lines = answer.content
            assert b"There is no such channel" in await lines.readuntil(b"\n\n")
            assert (await lines.readuntil(b"\n\n")).startswith(b"event: health\n")
            publish(here.push, b"a", b"<i>one</i>\r\rtwo", store=False, event_id=b"e1")
            passing = await _event(lines, b"passing")
            assert b"&lt;i&gt;one&lt;/i&gt;" in passing and b"<td>e1</td>" in passing
            assert all(line.startswith((b"event: ", b"data: ")) or not line for line in passing.split(b"\n"))
            assert b"1 published, 0 stored" in await _event(lines, b"channel")
            run(here.push.zone.do(Delete((b"a",))))
            assert b"The channel is deleted." in await _event(lines, b"passing")

    _run(play())


def test_channels_change() -> None:
    async def play() -> None:
        async with opened() as here, here.client.get("/live?filter=a&order=id") as answer:
            assert b"No channels." in await _event(answer.content, b"channels")
            publish(here.push, b"abc", b"x")
            publish(here.push, b"other", b"x")
            changed = await _event(answer.content, b"channels")
            assert b"1 channel." in changed and b"abc" in changed and b"other" not in changed

    _run(play())


def test_who_leaves_looks_no_more() -> None:
    async def play() -> None:
        async with opened() as here:
            assert isinstance(here.push.zone, LocalZone)
            news = here.push.zone.zone._contents.news
            async with here.client.get("/channel/live?id=a") as answer:
                await _event(answer.content, b"health")
                assert news.observer is not None
                answer.close()
            while news.observer is not None:
                await asyncio.sleep(0.01)

    _run(play())


async def _event(lines: asyncio.StreamReader, name: bytes) -> bytes:
    """The next event of that name."""
    while True:
        event: bytes = await lines.readuntil(b"\n\n")
        if event.startswith(b"event: " + name + b"\n"):
            return event
