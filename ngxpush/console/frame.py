"""What all pages share: the health in their heads, the token of their forms, and how an argument is read."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import parse_qs

from aiohttp import web

from ..push.operations import ZoneLost
from .asking import Asking
from .history import History
from .live import PageStream, opened_stream
from .pages import render

# Seconds between two looks, and the rest after one, in times of how long it took: it never takes more than a tenth of the time.
INTERVAL = 1.0
_REST = 9


class Frame:
    """token: of the forms of this console. Pages are marked with what they are made of: a reload or a new start changes it."""

    def __init__(self, asking: Asking, history: History, token: str) -> None:
        self.token = token
        self._served = secrets.token_hex(8)
        self._asking = asking
        self._history = history

    async def page(self, name: str, **values: object) -> web.Response:
        """A whole page."""
        self._history.look()
        text = render(name, health=await self._asking.health(), served=self._served, **values)
        return web.Response(text=text, content_type="text/html")

    async def away(self, lost: ZoneLost) -> web.Response:
        """The page in place of one that needs the zone. It comes back by itself."""
        answer = await self.page("away", reason=str(lost))
        answer.set_status(503)
        return answer

    async def show_health(self, stream: PageStream) -> None:
        """The head of a page, as it is now."""
        self._history.look()
        await stream.show("health", render("health_part", health=await self._asking.health()))
        await stream.breathe()

    async def opened(self, request: web.Request) -> tuple[web.StreamResponse, PageStream]:
        """The answer to a page that listens; what is served now comes first."""
        response, stream = await opened_stream(request)
        await stream.send("served", self._served)
        return response, stream

    async def follow(self, request: web.Request, show: Callable[[PageStream], Awaitable[None]]) -> web.StreamResponse:
        """Have `show` called again and again, until the client leaves. While the zone is away the head of the page says so."""
        response, stream = await self.opened(request)
        with suppress(ConnectionError):
            while True:
                began = time.monotonic()
                with suppress(ZoneLost):
                    await show(stream)
                await self.show_health(stream)
                await asyncio.sleep(max(INTERVAL, (time.monotonic() - began) * _REST))
        return response

    def check(self, token: str) -> None:
        """Raises HTTPForbidden where it is not the token of this console's own pages."""
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            raise web.HTTPForbidden(text="This page is from before ngxpush was started again: load it anew.\n")

    async def form(self, request: web.Request) -> dict[str, str]:
        """The texts of a form of the console's own pages."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        self.check(form.get("token", ""))
        return form


def argument(request: web.Request, name: str) -> bytes:
    """An argument of the address as bytes: a channel's id may be any."""
    query = request.raw_path.partition("?")[2]
    return parse_qs(query, encoding="latin-1").get(name, [""])[0].encode("latin-1", "replace")
