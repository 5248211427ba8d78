"""Parts of a page as events."""

from __future__ import annotations

import asyncio
from typing import Any

from ngxpush.console.live import PageStream


class _Response:
    def __init__(self) -> None:
        self.written = b""

    async def write(self, data: bytes) -> None:
        self.written += data


def test_a_part_is_sent_when_it_has_changed() -> None:
    response: Any = _Response()
    stream = PageStream(response)

    async def show() -> None:
        for html in ("<p>\n1", "<p>\n1", "<p>2"):
            await stream.show("part", html)
        await stream.send("feed", "3\r4\r\n5")
        await stream.send("feed", "3")
        await stream.breathe()

    asyncio.run(show())
    events = response.written.decode().split("\n\n")
    assert events == [
        "event: part\ndata: <p>\ndata: 1",
        "event: part\ndata: <p>2",
        "event: feed\ndata: 3\ndata: 4\ndata: 5",
        "event: feed\ndata: 3",
        ":",
        "",
    ]
