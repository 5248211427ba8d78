"""The console's application: who may ask, and what is where.

It is for this machine alone. A page of another site in the same browser can reach it too, so: Host has to be the console's own
(another name may lead here: DNS rebinding); what changes something is a POST, or the WebSocket of a subscriber, with the token
of the console's own pages, whose Origin, where the browser sends one, is the console's; nothing allows other sites to read an
answer.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Middleware

from ..push.local_zone import LocalZone
from ..push.operations import ZoneLost
from ..server.clients.listeners import ListeningSocket
from ..server.processes.worker import Worker
from .asking import Asking
from .channel_pages import ChannelPages
from .clients import Clients
from .configuration_pages import ConfigurationPages
from .frame import Frame
from .health_page import HealthPage
from .history import History
from .monitoring import routes as monitoring_routes
from .pages import asset
from .request_pages import RequestPages
from .served import Kept, Served
from .watching import StoredWatches, ZoneWatches

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_ASSETS = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "source.js": "text/javascript",
    "subscriber.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_LARGEST_FORM = 16 * 1024 * 1024
_HTTP = 80

_LOGGER = logging.getLogger(__name__)


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether something is wrong here: not what is no request, and not a client that has gone before its answer began."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError | ConnectionError)


_LOGGER.addFilter(_is_ours)


async def serve(listening: ListeningSocket, kept: Kept, worker: Worker) -> Callable[[], None]:
    """Accept connections on the socket. Returns what cuts them all off."""
    made = application(routes(kept, worker), hosts(listening))
    runner = web.AppRunner(made, handle_signals=False, access_log=None, logger=_LOGGER, handler_cancellation=True)
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


def routes(kept: Kept, worker: Worker) -> list[web.RouteDef]:
    """What is where, of what the worker does."""
    push, setup = worker.engine.worker, worker.setup
    assert setup.analysis is not None
    served = Served(setup, setup.analysis, worker.nginx_version, kept.lint)
    clients = Clients(worker)
    asking = Asking(push, clients)
    watches = ZoneWatches(push.zone) if isinstance(push.zone, LocalZone) else StoredWatches(asking)
    history = History(asking, worker)
    frame = Frame(asking, history, kept.token)
    return [
        *ChannelPages(frame, asking, watches, served).routes(),
        *RequestPages(frame, kept.requests, clients, served).routes(),
        *ConfigurationPages(frame, served).routes(),
        *HealthPage(frame, asking, clients, history, kept.requests, served).routes(),
        *monitoring_routes(worker, asking, kept.counts),
    ]


def application(routes: list[web.RouteDef], own: frozenset[str]) -> web.Application:
    """The application of a console that is called by its `own` hosts only."""
    made = web.Application(middlewares=[_guard(own)], client_max_size=_LARGEST_FORM)
    made.on_response_prepare.append(_add_headers)
    made.add_routes([*routes, *[web.get(f"/{name}", _file(name, kind)) for name, kind in _ASSETS.items()]])
    return made


def _guard(own: frozenset[str]) -> Middleware:
    origins = {f"http://{host}" for host in own}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host", "").lower() not in own:
            raise web.HTTPForbidden(text="The console is reached by its own address only.\n")
        changes = request.method == "POST" or "Upgrade" in request.headers
        if changes and request.headers.get("Origin", "").lower() not in {"", *origins}:
            raise web.HTTPForbidden(text="Pages of other sites change nothing here.\n")
        try:
            return await handler(request)
        except ZoneLost as lost:
            raise web.HTTPServiceUnavailable(text=f"{lost}\n") from None

    return guard


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _file(name: str, kind: str) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=asset(name), content_type=kind, charset="utf-8")

    return handle
