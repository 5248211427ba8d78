"""The page of the health: memory, rates, limits and slow readers."""

from __future__ import annotations

from aiohttp import web

from ..http.connection.surroundings import MOST_WAITING
from .asking import Asking
from .clients import SHOWN_SLOW, Clients
from .frame import Frame
from .history import KEPT, History
from .limits import limits, refused
from .live import PageStream
from .pages import render
from .plot import HEIGHT, WIDTH, plot
from .recording import RecordedRequests
from .served import Served
from .shown_files import ShownFiles


class HealthPage:
    """The handlers."""

    def __init__(
        self,
        frame: Frame,
        asking: Asking,
        clients: Clients,
        history: History,
        requests: RecordedRequests,
        served: Served,
    ) -> None:
        self._frame = frame
        self._asking = asking
        self._clients = clients
        self._history = history
        self._requests = requests
        self._served = served
        self._files = ShownFiles(served.analysis.files)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/health", self.health), web.get("/health/live", self.health_live)]

    async def health(self, request: web.Request) -> web.StreamResponse:
        return await self._frame.page("health", **await self._shown())

    async def health_live(self, request: web.Request) -> web.StreamResponse:
        async def show(stream: PageStream) -> None:
            await stream.show("state", render("state_part", **await self._shown()))

        return await self._frame.follow(request, show)

    async def _shown(self) -> dict[str, object]:
        samples = list(self._history.samples)
        plots = (
            plot("messages per second", [sample.messages for sample in samples], KEPT),
            plot("deliveries per second", [sample.deliveries for sample in samples], KEPT),
            plot("subscribers", [sample.subscribers for sample in samples], KEPT),
        )
        health = await self._asking.health()
        behind, slow = self._clients.slow()
        return {
            "plots": plots,
            "box": (WIDTH, HEIGHT),
            "seconds": KEPT,
            "workers": health.totals.by_worker,
            "failures": health.memory.failures,
            "away": health.away,
            "redis": self._served.setup.channels,
            "limits": () if health.away else await limits(self._served, self._asking, self._clients),
            "sources": self._files,
            "refused": await refused(self._served, self._requests),
            "behind": behind,
            "slow": slow,
            "most_slow": SHOWN_SLOW,
            "most_waiting": MOST_WAITING,
        }
