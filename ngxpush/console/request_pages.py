"""The pages of the last requests, and of one with its explanation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from aiohttp import web
from markupsafe import Markup
from msgspec import Struct

from ..explain.play import NothingListens
from ..server.observing.words import printable
from .clients import Clients
from .explaining import LONGEST_BODY, explained, why_not
from .frame import Frame, argument
from .live import PageStream
from .pages import render
from .recording import KEPT, RecordedRequest, RecordedRequests
from .served import Served
from .shown_files import ShownFiles, ShownPlace, block_ids

# So many rows are made at once; others are served in between.
_SLICE = 100


class RequestRow(Struct, frozen=True):
    """A row of the table. present: its place is one of the configuration that is served now."""

    request: RecordedRequest
    place: ShownPlace | None
    present: bool


class RequestPages:
    """The handlers."""

    def __init__(self, frame: Frame, requests: RecordedRequests, clients: Clients, served: Served) -> None:
        self._frame = frame
        self._requests = requests
        self._clients = clients
        self._served = served
        self._files = ShownFiles(served.analysis.files)
        self._blocks = block_ids(served.setup.configuration.http)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/requests", self.requests),
            web.get("/requests/live", self.requests_live),
            web.get("/request", self.request),
        ]

    async def requests(self, request: web.Request) -> web.StreamResponse:
        part = argument(request, "filter")
        rows = await self._rendered(self._requests.newest(), part)
        return await self._frame.page("requests", part=part, rows=rows, kept=KEPT, **await self._open(part))

    async def requests_live(self, request: web.Request) -> web.StreamResponse:
        part, seen = argument(request, "filter"), -KEPT

        async def show(stream: PageStream) -> None:
            nonlocal seen
            await stream.show("open", render("open_part", **await self._open(part)))
            new, seen = min(self._requests.total - seen, KEPT), self._requests.total
            if new:
                rows = await self._rendered(self._requests.newest(new), part)
                # The first time, and where more have come than are kept, these rows are all there are.
                if rows or new == KEPT:
                    await stream.send("requests" if new == KEPT else "request", render("requests_part", rows=rows))

        return await self._frame.follow(request, show)

    async def request(self, request: web.Request) -> web.StreamResponse:
        """One request, as it was and as it is explained."""
        number, started = argument(request, "connection"), argument(request, "started")
        found = await self._find(number.decode("latin-1"), started.decode("latin-1"))
        if found is None:
            text = f"This request is not among the last {KEPT}, or ngxpush was started again since."
            return await self._frame.page("request_gone", text=text)
        explanation, reason = None, why_not(self._served, found)
        if not reason:
            try:
                explanation = await explained(self._served, found, self._files)
            except NothingListens as error:
                reason = str(error)
        files = () if explanation is None else self._files.files(explanation.decided, explanation.used, all=False)
        shown = {"explanation": explanation, "why_not": reason, "files": files, "cut": found.length > LONGEST_BODY}
        return await self._frame.page("request", row=self._row(found), **shown)

    async def _find(self, number: str, started: str) -> RecordedRequest | None:
        def is_it(request: RecordedRequest) -> bool:
            return str(request.connection) == number and repr(request.started) == started

        ended = next(filter(is_it, self._requests.newest()), None)
        return ended or next(iter((await self._clients.open_requests(is_it))[1]), None)

    def _row(self, request: RecordedRequest) -> RequestRow:
        location = request.location
        place = None if location is None else self._files.place(location.start)
        return RequestRow(request, place, location is None or id(location) in self._blocks)

    async def _open(self, part: bytes) -> dict[str, object]:
        """The open requests that fit a filter, the last ones first."""
        words = _words(part)
        fitting, newest = await self._clients.open_requests(lambda request: _fits(self._row(request), words))
        return {"open": [self._row(request) for request in newest], "fitting": fitting}

    async def _rendered(self, requests: list[RecordedRequest], part: bytes) -> Markup:
        pieces = []
        for begin in range(0, len(requests), _SLICE):
            pieces.append(render("request_rows", rows=self._fitting(requests[begin : begin + _SLICE], part)))
            await asyncio.sleep(0)
        return Markup("".join(pieces))

    def _fitting(self, requests: Iterable[RecordedRequest], part: bytes) -> Iterator[RequestRow]:
        words = _words(part)
        return (row for row in map(self._row, requests) if _fits(row, words))


def _words(part: bytes) -> list[str]:
    return part.decode("utf-8", "replace").lower().split()


def _fits(row: RequestRow, words: list[str]) -> bool:
    """Whether a filter lets it through."""
    text = _text(row) if words else ""
    return all(word in text for word in words)


def _text(row: RequestRow) -> str:
    """What a filter looks at."""
    request, place = row.request, row.place
    status = "open" if request.ended is None else str(request.status)
    names = map(printable, (request.address, request.line, *request.channels))
    return " ".join((*names, status, place.name if place else "", request.outcome)).lower()
