"""EventSource by sse-starlette on uvicorn, as their documentation recommends: uvloop, httptools, one process.

Each subscriber has a queue, as in sse-starlette's examples of broadcasting. No comments are sent to idle subscribers: no server
of the comparison does.

    python starlette_app.py PORT
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_HOUR = 3600
_queues: set[asyncio.Queue[str]] = set()


async def publish(request: Request) -> Response:
    """POST: the body goes to every subscriber."""
    message = (await request.body()).decode()
    for queue in _queues:
        queue.put_nowait(message)
    return Response()


async def subscribe(_: Request) -> EventSourceResponse:
    """GET: the events."""
    return EventSourceResponse(_events(), ping=_HOUR)


async def _events() -> AsyncIterator[dict[str, str]]:
    queue = asyncio.Queue[str]()
    _queues.add(queue)
    try:
        while True:
            yield {"data": await queue.get()}
    finally:
        _queues.discard(queue)


if __name__ == "__main__":
    uvicorn.run(
        Starlette(routes=[Route("/pub", publish, methods=["POST"]), Route("/eventsource", subscribe)]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        backlog=4096,
        access_log=False,
        log_level="error",
        # Publishers may wait long for a message to reach everyone.
        timeout_keep_alive=_HOUR,
    )
