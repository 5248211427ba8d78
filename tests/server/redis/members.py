"""Workers of servers that share a zone in Redis, for tests in which Redis comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.operations import (
    ChannelRequest,
    ChannelsInfo,
    Publish,
    Published,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
    ZoneAway,
    ZoneOperation,
)
from ngxpush.server.redis.redis_zone import RedisZone
from ngxpush.server.redis.url import read
from ngxpush.server.system.loop_clock import LoopClock
from tests.push.zone_contract import Hearer, templates
from tests.server.redis.fakes import until
from tests.server.redis.servers import RedisServer, redis_server

R = TypeVar("R")

_MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))
_names = itertools.count(1)


class Member:
    """A worker, what it hears and what it says."""

    def __init__(self, url: str) -> None:
        self.name = f"w{next(_names)}"
        self.hearer = Hearer()
        self.said: list[tuple[str, str]] = []
        clock = LoopClock(asyncio.get_running_loop())
        self.zone = RedisZone(
            read(url), "zone", _MAIN, templates(_MAIN), self.name, 1, clock, lambda *said: self.said.append(said)
        )
        self.zone.listen(self.name, self.hearer)

    async def do(self, operation: ZoneOperation[R]) -> R:
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.zone.call(operation, waiting.set_result)
        result = await waiting
        if isinstance(result, Exception):
            raise result
        known: R = result
        return known

    async def subscribe(self, *channels: bytes) -> None:
        """One more client of these channels."""
        result = await self.do(Subscribe(self.name, tuple([ChannelRequest(id) for id in channels])))
        assert isinstance(result, Subscribed)

    def leave(self, *channels: bytes) -> None:
        self.zone.post(Unsubscribe(self.name, channels))

    async def publish(self, channel: bytes, *texts: bytes) -> None:
        for text in texts:
            assert isinstance(await self.do(Publish((channel,), text, True)), Published)

    async def hears(self, *texts: bytes) -> None:
        """Wait until so much was heard, and see that it is that, each once and in this order."""
        await until(lambda: len(self.hearer.messages) >= len(texts))
        with contextlib.suppress(ZoneAway):  # some shards are lost
            await self.do(ChannelsInfo(()))  # what else is on its way comes before the answer
        assert [message.text for message in self.hearer.messages] == [*texts]

    async def subscribers(self, *channels: bytes) -> list[int]:
        return [info.subscribers for info in (await self.do(ChannelsInfo(channels))).infos]

    async def clients(self) -> dict[str, int]:
        """How many clients each worker has."""
        return {worker.name: worker.subscribers for worker in (await self.do(Summary())).by_worker}

    @property
    def away(self) -> bool:
        return any(attachment.stream.away is not None for attachment in self.zone._attachments)

    async def back(self) -> None:
        """Wait until all is as it was."""
        await until(lambda: not self.away)

    async def lost(self) -> None:
        """Wait until it knows that the connection is lost."""
        await until(lambda: self.away)


@contextlib.asynccontextmanager
async def members(*urls: str) -> AsyncIterator[list[Member]]:
    """A worker for each URL while the block lasts."""
    found = [Member(url) for url in urls]
    try:
        for member in found:
            await member.zone.open()
        yield found
    finally:
        for member in found:
            await member.zone.close()


class Gate:
    """What lies between a worker and a server: a network that can be cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._writers: list[asyncio.StreamWriter] = []
        self._pumps: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """The port for workers."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self.port

    async def open_again(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Cut all connections, and accept none."""
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            to_read, to_write = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers.append(to_write)
        for source, target in ((reader, to_write), (to_read, writer)):
            pump = asyncio.create_task(_pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(1 << 16):
            target.write(data)
    target.transport.abort()


def behind_a_gate(
    play: Callable[[RedisServer, Gate, Member, Member], Coroutine[Any, Any, None]], persistent: bool = True
) -> None:
    """Play with a server, a worker that reaches it through a gate, and another one that reaches it directly."""

    async def scenario() -> None:
        with redis_server(persistent) as server:
            gate = Gate(server.port)
            async with members(f"redis://127.0.0.1:{await gate.open()}", server.url) as (here, there):
                await play(server, gate, here, there)
            gate.cut()

    asyncio.run(scenario())
