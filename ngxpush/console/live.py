"""Pages that change while someone looks: parts of them, as events of EventSource."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import suppress

from aiohttp import web

from .asking import MODES, SHOWN_MESSAGES, SHOWN_SUBSCRIBERS, Asking
from .pages import render
from .watching import Watches

# Seconds between two looks, and the rest after one, in times of how long it took: it never takes more than a tenth of the time.
_INTERVAL = 1.0
_REST = 9

# Messages that follow each other so closely are shown together.
_TOGETHER = 0.05

_LINE_END = re.compile(r"\r\n|\r|\n")


class PageStream:
    """The parts of one page that change. A part is sent when it is not what was sent last."""

    def __init__(self, response: web.StreamResponse) -> None:
        self._response = response
        self._sent: dict[str, str] = {}

    async def show(self, part: str, html: str) -> None:
        """Replace a part of the page."""
        if self._sent.get(part) != html:
            self._sent[part] = html
            await self.send(part, html)

    async def send(self, name: str, html: str) -> None:
        lines = "\n".join(f"data: {line}" for line in _LINE_END.split(html))
        await self._response.write(f"event: {name}\n{lines}\n\n".encode())

    async def breathe(self) -> None:
        """Send nothing, so that a client that has left is noticed."""
        await self._response.write(b":\n\n")


async def _open(request: web.Request) -> tuple[web.StreamResponse, PageStream]:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response, PageStream(response)


async def follow_overview(request: web.Request, asking: Asking, part: bytes, order: str) -> web.StreamResponse:
    """The channels and the health, until the client leaves."""
    response, stream = await _open(request)
    with suppress(ConnectionError):
        while True:
            began = time.monotonic()
            overview = await asking.overview(part, order)
            took = time.monotonic() - began
            await stream.show("channels", render("channels_part", overview=overview, modes=MODES))
            await stream.show("health", render("health_part", health=asking.health()))
            await stream.breathe()
            await asyncio.sleep(max(_INTERVAL, took * _REST))
    return response


async def follow_channel(request: web.Request, asking: Asking, watches: Watches, id: bytes) -> web.StreamResponse:
    """A channel and its messages as they pass, until the client leaves."""
    response, stream = await _open(request)
    with suppress(ConnectionError), watches.of(id) as watch:
        for seconds in _until_each_look():
            if seconds <= 0:
                await _show_channel(stream, asking, id)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(watch.came.wait(), seconds)
                await asyncio.sleep(_TOGETHER)
            messages, missed = watch.take()
            if messages:
                await stream.send("passing", render("passing_part", messages=messages, missed=missed))
    return response


def _until_each_look() -> Iterator[float]:
    """How many seconds are left until the next look, again and again; 0 when it is time for one, at first at once."""
    due = time.monotonic()
    while True:
        left = due - time.monotonic()
        if left <= 0:
            due = time.monotonic() + _INTERVAL
        yield max(left, 0)


async def _show_channel(stream: PageStream, asking: Asking, id: bytes) -> None:
    shared = {"view": asking.channel(id), "modes": MODES, "messages": SHOWN_MESSAGES, "subscribers": SHOWN_SUBSCRIBERS}
    await stream.show("channel", render("channel_part", **shared))
    await stream.show("health", render("health_part", health=asking.health()))
    await stream.breathe()
