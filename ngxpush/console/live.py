"""Pages that change while someone looks: parts of them, as events of EventSource."""

from __future__ import annotations

import re

from aiohttp import web

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


async def opened_stream(request: web.Request) -> tuple[web.StreamResponse, PageStream]:
    """The answer to a page that listens."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    return response, PageStream(response)
