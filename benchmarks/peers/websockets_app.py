"""Websockets by the websockets library, as its guide to broadcasting recommends: `broadcast`; uvloop, one process.

Its server reads no bodies of HTTP requests, so a message is published by a client that connects to /pub; an empty message is the
answer. No pings are sent to idle subscribers: no server of the comparison does.

    python websockets_app.py PORT
"""

from __future__ import annotations

import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

_subscribers: set[ServerConnection] = set()


async def handle(client: ServerConnection) -> None:
    """A publisher or a subscriber, until it goes."""
    assert client.request is not None  # the handshake is done
    if client.request.path.startswith("/pub"):
        async for message in client:
            broadcast(_subscribers, message)
            await client.send("")
        return
    _subscribers.add(client)
    try:
        await client.wait_closed()
    finally:
        _subscribers.discard(client)


async def main(port: int) -> None:
    """Serve for ever."""
    async with serve(handle, "127.0.0.1", port, backlog=4096, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
