"""The page of the configuration: its routes, the values in force in a block, and its files with the linter's findings."""

from __future__ import annotations

import asyncio
import os

from aiohttp import web

from ..config.configuration import Location
from ..explain.routes import AddressRoutes, route_table
from ..explain.words import short
from ..lint.report import Report
from ..numbers import parse_decimal
from .effective import block_at, values_in_force
from .frame import Frame, argument
from .served import Served
from .shown_files import ShownFiles, lines_of


class ConfigurationPages:
    """The handlers."""

    def __init__(self, frame: Frame, served: Served) -> None:
        self._frame = frame
        self._served = served
        self._files = ShownFiles(served.analysis.files)
        http = served.setup.configuration.http
        # The places where blocks with settings begin.
        self._blocks = set() if http is None else {block.statement.start for block in http.blocks if block.statement is not None}
        self._report: Report | None = None
        self._routes: tuple[AddressRoutes, ...] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/configuration", self.configuration)]

    async def configuration(self, request: web.Request) -> web.StreamResponse:
        if self._report is None:
            # Each of them may take a second; in a thread, so that others are served meanwhile.
            self._report = await asyncio.to_thread(self._served.lint, self._served.analysis)
        http = self._served.setup.configuration.http
        if self._routes is None:
            self._routes = () if http is None else await asyncio.to_thread(route_table, http)
        findings, block = self._report.findings, self._block(request)
        marked = frozenset() if block is None or block.statement is None else lines_of([block.statement])
        shown = {
            "sources": self._files,
            "files": self._files.files(marked, findings=findings),
            "findings": findings,
            "blocks": self._blocks,
        }
        return await self._frame.page("configuration", addresses=self._routes, **shown, **self._values(block))

    def _block(self, request: web.Request) -> Location | None:
        http = self._served.setup.configuration.http
        file, _, line = argument(request, "block").rpartition(b":")
        number = parse_decimal(line)
        return None if http is None or number is None else block_at(http, os.fsdecode(file), number)

    def _values(self, block: Location | None) -> dict[str, object]:
        if block is None or block.statement is None:
            return {"block": None, "shows": "", "values": ()}
        place = self._files.place(block.statement.start)
        return {"block": short(block.statement), "shows": place.anchor, "values": values_in_force(block)}
