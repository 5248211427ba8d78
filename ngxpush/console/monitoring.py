"""What programs ask the console: whether the server serves (/healthz), and its metrics (/metrics)."""

from __future__ import annotations

from aiohttp import web

from ..server.observing.counts import Counts
from ..server.processes.worker import Worker
from .asking import Asking


def routes(worker: Worker, asking: Asking, counts: Counts | None) -> list[web.RouteDef]:
    """The routes. counts: None where no metrics are wanted; then /metrics is not found."""

    async def healthz(request: web.Request) -> web.Response:
        # At a reload a worker that leaves may still be asked: another one serves.
        if worker.exiting and not worker.leaving:
            return web.Response(status=503, text="ending\n")
        return web.Response(text="ok\n")

    made = [web.get("/healthz", healthz)]
    if counts is not None:
        from prometheus_client.aiohttp import make_aiohttp_handler  # an extra

        from .metrics import ZoneMetrics, registry

        metrics = ZoneMetrics(worker.nginx_version)
        answer = make_aiohttp_handler(registry(metrics, worker, counts))

        async def all_metrics(request: web.Request) -> web.StreamResponse:
            metrics.health = await asking.health()
            return await answer(request)

        made.append(web.get("/metrics", all_metrics))
    return made
