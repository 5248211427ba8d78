"""What programs ask the console: whether the server serves (/healthz), and its metrics (/metrics)."""

from __future__ import annotations

from aiohttp import web

from ..push.local_zone import LocalZone
from ..server.observing.counts import Counts
from ..server.processes.worker import Worker


def routes(worker: Worker, zone: LocalZone, counts: Counts | None) -> list[web.RouteDef]:
    """The routes. counts: None where no metrics are wanted; then /metrics is not found."""

    async def healthz(request: web.Request) -> web.Response:
        if worker.exiting:
            return web.Response(status=503, text="ending\n")
        return web.Response(text="ok\n")

    made = [web.get("/healthz", healthz)]
    if counts is not None:
        from prometheus_client.aiohttp import make_aiohttp_handler  # an extra

        from .metrics import registry

        made.append(web.get("/metrics", make_aiohttp_handler(registry(worker, zone, counts))))
    return made
