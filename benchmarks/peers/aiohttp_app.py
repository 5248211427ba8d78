"""EventSource by aiohttp-sse on aiohttp, as its documentation shows it: a queue for each subscriber; uvloop, one process.

No comments are sent to idle subscribers: no server of the comparison does.

    python aiohttp_app.py PORT
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web
from aiohttp_sse import sse_response

_HOUR = 3600
_queues: set[asyncio.Queue[str]] = set()


async def publish(request: web.Request) -> web.Response:
    """POST: the body goes to every subscriber."""
    message = await request.text()
    for queue in _queues:
        queue.put_nowait(message)
    return web.Response()


async def subscribe(request: web.Request) -> web.StreamResponse:
    """GET: the events."""
    async with sse_response(request, ping_interval=_HOUR) as response:
        queue = asyncio.Queue[str]()
        _queues.add(queue)
        try:
            while response.is_connected():
                await response.send(await queue.get())
        finally:
            _queues.discard(queue)
    return response


if __name__ == "__main__":
    application = web.Application()
    application.router.add_post("/pub", publish)
    application.router.add_get("/eventsource", subscribe)
    web.run_app(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=uvloop.new_event_loop(),
        backlog=4096,
        access_log=None,
        print=None,
        # Publishers may wait long for a message to reach everyone.
        keepalive_timeout=_HOUR,
    )
