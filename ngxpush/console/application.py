"""The console's application: who may ask, and what is where.

It is for this machine alone. A page of another site in the same browser can reach it too, so: Host has to be the console's own
(another name may lead here: DNS rebinding); what changes something is a POST with the token of the console's own pages, whose
Origin, where the browser sends one, is the console's; nothing allows other sites to read an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, quote_from_bytes

from aiohttp import web
from aiohttp.typedefs import Middleware

from ..config.directives.push_stream.settings import PushStreamLocation
from ..push.local_zone import LocalZone
from ..server.clients.listeners import ListeningSocket
from ..server.observing.counts import Counts
from ..server.processes.worker import Worker
from ..server.setup.startup import Setup
from .asking import MODES, ORDERS, SHOWN_MESSAGES, SHOWN_SUBSCRIBERS, Asking
from .live import follow_channel, follow_overview
from .monitoring import routes
from .pages import asset, render
from .watching import Watches
from .ways import ways

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_ASSETS = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
_LARGEST_FORM = 16 * 1024 * 1024
_HTTP = 80


async def serve(listening: ListeningSocket, token: str, worker: Worker, counts: Counts | None = None) -> Callable[[], None]:
    """Accept connections on the socket. Returns what cuts them all off.

    token: of the forms.  counts: what the metrics show; None for no metrics.
    """
    push = worker.engine.worker
    assert isinstance(push.zone, LocalZone)
    pages = ConsolePages(Asking(push, push.zone), Watches(push.zone), worker.setup, token)
    made = application(pages, hosts(listening))
    made.add_routes(routes(worker, push.zone, counts))
    runner = web.AppRunner(made, handle_signals=False, access_log=None, handler_cancellation=True)
    await runner.setup()
    clients = runner.server
    assert clients is not None
    server = await worker.loop.create_server(clients, sock=listening.socket)

    def cut_off() -> None:
        server.close()
        for client in clients.connections:
            if client.transport is not None:
                client.transport.abort()

    return cut_off


def hosts(listening: ListeningSocket) -> frozenset[str]:
    """What Host may say."""
    name, port = listening.name, listening.address.port
    found = {name, f"localhost:{port}"}
    if port == _HTTP:
        found |= {each.removesuffix(f":{_HTTP}") for each in found}
    return frozenset(found)


def application(pages: ConsolePages, own: frozenset[str]) -> web.Application:
    """The application of a console that is called by its `own` hosts only."""
    made = web.Application(middlewares=[_guard(own)], client_max_size=_LARGEST_FORM)
    made.on_response_prepare.append(_add_headers)
    made.add_routes(
        [
            web.get("/", pages.channels),
            web.get("/live", pages.channels_live),
            web.get("/channel", pages.channel),
            web.get("/channel/live", pages.channel_live),
            web.post("/channel/publish", pages.publish),
            web.post("/channel/delete", pages.delete),
            *[web.get(f"/{name}", _file(name, kind)) for name, kind in _ASSETS.items()],
        ]
    )
    return made


def _guard(own: frozenset[str]) -> Middleware:
    origins = {f"http://{host}" for host in own}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host", "").lower() not in own:
            raise web.HTTPForbidden(text="The console is reached by its own address only.\n")
        if request.method == "POST" and request.headers.get("Origin", "").lower() not in {"", *origins}:
            raise web.HTTPForbidden(text="Pages of other sites change nothing here.\n")
        return await handler(request)

    return guard


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _file(name: str, kind: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=asset(name), content_type=kind, charset="utf-8")

    return handle


def _argument(request: web.Request, name: str) -> bytes:
    """An argument of the address as bytes: a channel's id may be any."""
    query = request.raw_path.partition("?")[2]
    return parse_qs(query, encoding="latin-1").get(name, [""])[0].encode("latin-1", "replace")


class ConsolePages:
    """The handlers. token: of the forms of this console."""

    def __init__(self, asking: Asking, watches: Watches, setup: Setup, token: str) -> None:
        self.token = token
        self._asking = asking
        self._watches = watches
        self._sockets = setup.sockets
        http = setup.configuration.http
        located = () if http is None else tuple(http.each(PushStreamLocation))
        self._stores = any(settings.publisher and settings.store_messages for settings in located)

    async def channels(self, request: web.Request) -> web.StreamResponse:
        part, order = _argument(request, "filter"), _order(request)
        overview = await self._asking.overview(part, order)
        return self._page("channels", overview=overview, part=part, order=order, orders=tuple(ORDERS))

    async def channels_live(self, request: web.Request) -> web.StreamResponse:
        return await follow_overview(request, self._asking, _argument(request, "filter"), _order(request))

    async def channel(self, request: web.Request) -> web.StreamResponse:
        id = _argument(request, "id")
        if not id:
            raise web.HTTPSeeOther("/")
        view = self._asking.channel(id)
        return self._page("channel", id=id, view=view, ways=ways(self._sockets, id), stores=self._stores, token=self.token)

    async def channel_live(self, request: web.Request) -> web.StreamResponse:
        return await follow_channel(request, self._asking, self._watches, _argument(request, "id"))

    async def publish(self, request: web.Request) -> web.StreamResponse:
        form = await self._form(request)
        # Browsers write the ends of lines as CR LF, whatever was typed.
        text = form.get("text", "").replace("\r\n", "\n").encode()
        event_id, event_type = form.get("event_id", "").encode() or None, form.get("event_type", "").encode() or None
        done = self._asking.publish(_argument(request, "id"), text, "store" in form, event_id, event_type)
        refused = done if isinstance(done, str) else ""
        return self._done(
            request, refused, f"Published: message {done}.", "/channel?id=" + quote_from_bytes(_argument(request, "id"), "")
        )

    async def delete(self, request: web.Request) -> web.StreamResponse:
        await self._form(request)
        return self._done(request, self._asking.delete(_argument(request, "id")), "Deleted.", "/")

    def _page(self, name: str, **values: object) -> web.Response:
        shared = {"health": self._asking.health(), "modes": MODES, "messages": SHOWN_MESSAGES, "subscribers": SHOWN_SUBSCRIBERS}
        return web.Response(text=render(name, **shared, **values), content_type="text/html")

    async def _form(self, request: web.Request) -> dict[str, str]:
        """The texts of a form of the console's own pages."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not secrets.compare_digest(form.get("token", "").encode(), self.token.encode()):
            raise web.HTTPForbidden(text="This page is from before ngxpush was started again: load it anew.\n")
        return form

    def _done(self, request: web.Request, refused: str, done: str, page: str) -> web.StreamResponse:
        """The answer to a form: a page for a browser that shows it, a line for a script."""
        if refused:
            raise web.HTTPConflict(text=refused + "\n")
        if "text/html" in request.headers.get("Accept", ""):
            raise web.HTTPSeeOther(page)
        return web.Response(text=done + "\n")


def _order(request: web.Request) -> str:
    order = _argument(request, "order").decode("latin-1")
    return order if order in ORDERS else next(iter(ORDERS))
