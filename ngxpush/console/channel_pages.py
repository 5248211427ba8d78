"""The pages of all channels and of one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote_from_bytes

from aiohttp import web

from ..config.directives.push_stream.settings import PushStreamLocation
from ..explain.ways import Way, reached, ways
from ..push.operations import ZoneLost
from .asking import MEASURED_AMONG_MANY, MEASURED_MESSAGES, MODES, ORDERS, SHOWN_SUBSCRIBERS, Asking
from .carrying import carry
from .frame import INTERVAL, Frame, argument
from .live import PageStream
from .pages import render
from .served import Served
from .watching import StoredWatches, ZoneWatches

# Messages that follow each other so closely are shown together.
_TOGETHER = 0.05


class ChannelPages:
    """The handlers."""

    def __init__(self, frame: Frame, asking: Asking, watches: ZoneWatches | StoredWatches, served: Served) -> None:
        self._frame = frame
        self._asking = asking
        self._watches = watches
        self._addresses = reached(served.setup.sockets)
        http = served.setup.configuration.http
        located = () if http is None else tuple(http.each(PushStreamLocation))
        self._stores = any(settings.publisher and settings.store_messages for settings in located)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.channels),
            web.get("/live", self.channels_live),
            web.get("/channel", self.channel),
            web.get("/channel/live", self.channel_live),
            web.get("/channel/subscribe", self.subscribe),
            web.post("/channel/publish", self.publish),
            web.post("/channel/delete", self.delete),
        ]

    async def channels(self, request: web.Request) -> web.StreamResponse:
        part, order = argument(request, "filter"), _order(request)
        try:
            shown = await self._overview(part, order)
        except ZoneLost as lost:
            return await self._frame.away(lost)
        return await self._frame.page("channels", orders=tuple(ORDERS), **shown)

    async def channels_live(self, request: web.Request) -> web.StreamResponse:
        part, order = argument(request, "filter"), _order(request)

        async def show(stream: PageStream) -> None:
            await stream.show("channels", render("channels_part", **await self._overview(part, order)))

        return await self._frame.follow(request, show)

    async def channel(self, request: web.Request) -> web.StreamResponse:
        id = argument(request, "id")
        if not id:
            raise web.HTTPSeeOther("/")
        try:
            view, token = await self._view(id), self._frame.token
        except ZoneLost as lost:
            return await self._frame.away(lost)
        return await self._frame.page("channel", id=id, ways=self._ways(id), stores=self._stores, token=token, **view)

    async def channel_live(self, request: web.Request) -> web.StreamResponse:
        """A channel and its messages as they pass, until the client leaves."""
        id = argument(request, "id")
        response, stream = await self._frame.opened(request)
        with suppress(ConnectionError), self._watches.of(id) as watch:
            for seconds in _until_each_look():
                if seconds <= 0:
                    with suppress(ZoneLost):
                        await stream.show("channel", render("channel_part", **await self._view(id)))
                    await self._frame.show_health(stream)
                    continue
                with suppress(TimeoutError):
                    await asyncio.wait_for(watch.came.wait(), seconds)
                    await asyncio.sleep(_TOGETHER)
                messages, missed = watch.take()
                if messages:
                    await stream.send("passing", render("passing_part", messages=messages, missed=missed))
        return response

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """Open a subscriber for a page."""
        self._frame.check(argument(request, "token").decode("latin-1"))
        wanted = argument(request, "url").decode("latin-1"), argument(request, "host").decode("latin-1")
        found = (way for way in self._ways(argument(request, "id")) if (way.url, way.host or "") == wanted)
        way = next(found, None)
        if way is None or way.mode is None:
            raise web.HTTPNotFound(text="There is no such subscriber location.\n")
        return await carry(request, way, way.mode)

    async def publish(self, request: web.Request) -> web.StreamResponse:
        form, id = await self._frame.form(request), argument(request, "id")
        # Browsers write the ends of lines as CR LF, whatever was typed.
        text = form.get("text", "").replace("\r\n", "\n").encode()
        event_id, event_type = form.get("event_id", "").encode() or None, form.get("event_type", "").encode() or None
        done = await self._asking.publish(id, text, "store" in form, event_id, event_type)
        refused = done if isinstance(done, str) else ""
        return _done(request, refused, f"Published: message {done}.", "/channel?id=" + quote_from_bytes(id, ""))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        await self._frame.form(request)
        return _done(request, await self._asking.delete(argument(request, "id")), "Deleted.", "/")

    async def _overview(self, part: bytes, order: str) -> dict[str, object]:
        overview = await self._asking.overview(part, order)
        return {"overview": overview, "modes": MODES, "order": order, "part": part, "measured": MEASURED_AMONG_MANY}

    async def _view(self, id: bytes) -> dict[str, object]:
        view = await self._asking.channel(id)
        return {"view": view, "modes": MODES, "measured": MEASURED_MESSAGES, "subscribers": SHOWN_SUBSCRIBERS}

    def _ways(self, id: bytes) -> tuple[Way, ...]:
        return ways(self._addresses, id)


def _until_each_look() -> Iterator[float]:
    """How many seconds are left until the next look, again and again; 0 when it is time for one, at first at once."""
    due = time.monotonic()
    while True:
        left = due - time.monotonic()
        if left <= 0:
            due = time.monotonic() + INTERVAL
        yield max(left, 0)


def _done(request: web.Request, refused: str, done: str, page: str) -> web.StreamResponse:
    """The answer to a form: a page for a browser that shows it, a line for a script."""
    if refused:
        raise web.HTTPConflict(text=refused + "\n")
    if "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther(page)
    return web.Response(text=done + "\n")


def _order(request: web.Request) -> str:
    order = argument(request, "order").decode("latin-1")
    return order if order in ORDERS else next(iter(ORDERS))
