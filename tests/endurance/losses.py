"""Several servers whose channels are in one Redis, and how they are lost: servers are killed, and so is Redis."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running import free_port
from tests.server.redis.servers import RedisServer

from .server import NGXPUSH_NGINX, Server, started, write
from .subscribers import Subscriber

_ROUND = 2.0
"""Seconds from one killed server to the next."""

_AWAY = 0.5
"""Seconds for which Redis is gone."""


class SeveralServers:
    """They run. redis: what has their channels.  port: of one of them, whose statistics are those of all."""

    def __init__(self, directory: Path, redis: RedisServer, number: int) -> None:
        self.redis = redis
        self.ports = tuple(free_port() for _ in range(number))
        self.port = self.ports[0]
        self._directory = directory
        self._command = (*NGXPUSH_NGINX, "--channels", redis.url)
        self._servers: dict[int, Server] = {}
        for port in self.ports:
            (directory / str(port)).mkdir()
            write(directory / str(port), 1, port)
            self.start(port)

    def start(self, port: int) -> None:
        self._servers[port] = started(self._directory / str(port), 1, port, self._command)

    def kill(self, port: int) -> None:
        self._servers.pop(port).kill()

    def end(self) -> None:
        for port in tuple(self._servers):
            self.kill(port)


class Losses:
    """In each round one server is killed, with all its workers, and started again; where `kill` is so, Redis as well.

    kills: how many servers were killed.
    """

    def __init__(self, servers: SeveralServers, subscribers: list[Subscriber], seed: int) -> None:
        self.reloads = 0
        self.kills = 0
        self.faults: list[str] = []
        self._servers = servers
        self._random = random.Random(seed)

    async def round(self, kill: bool) -> None:
        """It lasts _ROUND seconds at least."""
        began = time.monotonic()
        port = self._random.choice(self._servers.ports)
        await asyncio.to_thread(self._servers.kill, port)
        self.kills += 1
        if kill:
            self._servers.redis.kill()
            await asyncio.sleep(_AWAY)
            await asyncio.to_thread(self._servers.redis.start)
        await asyncio.to_thread(self._servers.start, port)
        await asyncio.sleep(max(0.0, began + _ROUND - time.monotonic()))

    async def end(self) -> None:
        """All servers run."""


@contextmanager
def several_servers(directory: Path, redis: RedisServer, number: int) -> Iterator[SeveralServers]:
    """They run while the block lasts."""
    servers = SeveralServers(directory, redis, number)
    try:
        yield servers
    finally:
        servers.end()
