"""What happens to the server and its clients while messages flow: each choice comes from a seed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import struct
import time
from collections.abc import Callable

from tests.patience import PATIENCE

from .server import Server
from .subscribers import KINDS, Subscriber

_CUT_CONNECTIONS = 30
_STOPPED = 15
_DROPPED = 15
_NOISE = "noise"


class Disturbances:
    """reload, kill, stop readers, cut connections; `faults` is what the server did not do."""

    def __init__(self, server: Server, subscribers: list[Subscriber], seed: int) -> None:
        self.reloads = 0
        self.kills = 0
        self.faults: list[str] = []
        self._server = server
        self._random = random.Random(seed)
        self._subscribers = subscribers
        self._small = [subscriber for subscriber in subscribers if subscriber.small]
        self._channels = sorted({subscriber.channel for subscriber in subscribers})
        self._held: list[socket.socket] = []

    async def round(self, kill: bool) -> None:
        """One reload, and at least a second. kill: a worker dies at any moment of it, an old, a new or a starting one."""
        self._let_go()
        began = time.monotonic()
        stopped = self._some_small()
        for subscriber in stopped:
            subscriber.stop_reading()
        self._cut_connections()
        old = self._server.workers
        self._server.reload()
        self.reloads += 1
        await asyncio.sleep(self._random.uniform(0, 0.5))
        if kill:
            self._kill()
        for subscriber in self._some(self._subscribers, _DROPPED):
            subscriber.drop()
        await self._until(lambda: len(self._server.workers - old) >= self._server.number, "a reload started too few workers")
        await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))
        for subscriber in stopped:
            subscriber.read_on()

    async def end(self) -> None:
        """Let go of what is held, and wait until the server has its workers and no others."""
        self._let_go()
        await self._until_alone()

    def _let_go(self) -> None:
        for client in self._held:
            client.close()
        self._held.clear()

    async def _until_alone(self) -> None:
        await self._until(lambda: len(self._server.workers) == self._server.number, "workers of old configurations are left")

    def _some_small(self) -> list[Subscriber]:
        """Of a few channels: the publishers of these have to wait for them, and the others go on."""
        channels = self._random.sample(self._channels, -(-len(self._channels) // 4))
        return self._some([subscriber for subscriber in self._small if subscriber.channel in channels], _STOPPED)

    def _some(self, subscribers: list[Subscriber], number: int) -> list[Subscriber]:
        return self._random.sample(subscribers, min(number, len(subscribers)))

    def _kill(self) -> None:
        workers = sorted(self._server.workers)
        if workers:
            self.kills += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._random.choice(workers), signal.SIGKILL)

    def _cut_connections(self) -> None:
        """Open connections that send a part of a request; some are closed at once, the others held until the next round."""
        for _ in range(_CUT_CONNECTIONS):
            client = socket.create_connection(("127.0.0.1", self._server.port), timeout=PATIENCE)
            sent = self._random.choice(_REQUESTS)
            with contextlib.suppress(OSError):
                client.sendall(sent[: self._random.randrange(len(sent) + 1)])
            if self._random.random() < 0.5:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset in place of an end
            if self._random.random() < 0.5:
                client.close()
            else:
                self._held.append(client)

    async def _until(self, condition: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                self.faults.append(f"{otherwise}: {len(self._server.workers)} are there")
                return
            await asyncio.sleep(0.02)


_MASKED_FRAMES = b"\x81\x85abcd\x09\x07\x0f\x08\x0e" * 3 + b"\x89\x80abcd" + b"\xff" * 10

_REQUESTS = [
    b"POST /publish?id=%s HTTP/1.1\r\nHost: test\r\nContent-Length: 400\r\n\r\n" % _NOISE.encode() + b"x" * 400,
    b"PUT /publish?id=%s HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnoise\r\n0\r\n\r\n" % _NOISE.encode(),
    *[kind.request(_NOISE, None).encode() for kind in KINDS],
    *[kind.request(_NOISE, None).encode() + _MASKED_FRAMES for kind in KINDS],
    bytes(range(256)),
]
