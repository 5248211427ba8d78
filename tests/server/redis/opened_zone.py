"""A zone under test that is reached as a server's workers reach it: by a RedisZone for each of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.operations import Channels, ChannelsInfo, Forget, Listing, Totals, ZoneOperation
from ngxpush.push.templates import Templates
from ngxpush.server.redis.function import Function
from ngxpush.server.redis.redis_zone import RedisZone
from ngxpush.server.redis.shards import ShardPart
from ngxpush.server.redis.url import read
from tests.push.fakes import FakeClock
from tests.push.zone_contract import Hearer, R

_ASKS = "asks"
_STEP = 0.25


def stand_still(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """Have operations done at the time of a clock, and not at that of Redis."""
    arguments = Function.arguments

    def at_that_time(function: Function, number: int, part: ShardPart, timed: bool = False, now: int | None = None) -> Any:
        return arguments(function, number, part, timed, int(clock.now()))

    monkeypatch.setattr(Function, "arguments", at_that_time)


class OpenedRedisZones:
    """A worker asks for what names it; for anything else someone asks whom the statistics do not show.

    A worker that is to be forgotten is dead: its connections are gone.
    """

    def __init__(self, url: str, name: str, main: PushStreamMain, templates: Templates, clock: FakeClock) -> None:
        self.said: list[tuple[str, str]] = []
        self.zones: dict[str, RedisZone] = {}
        self._url = url
        self._name = name
        self._main = main
        self._templates = templates
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self.worker(_ASKS)

    def worker(self, name: str, pid: int = 1) -> Hearer:
        zone = RedisZone(
            read(self._url), self._name, self._main, self._templates, name, pid, self._clock, lambda *said: self.said.append(said)
        )
        hearer = Hearer()
        zone.listen(name, hearer)
        self._loop.run_until_complete(zone.open())
        self.zones[name] = zone
        return hearer

    def do(self, operation: ZoneOperation[R]) -> R:
        return self._loop.run_until_complete(self._do(operation))

    def post(self, operation: ZoneOperation[Any]) -> None:
        if isinstance(operation, Forget):
            self.die(operation.worker)
        self._asking(operation).post(operation)
        self._loop.run_until_complete(self._hear())

    def die(self, name: str) -> None:
        """Let a worker die: its connections are gone, and no one says so."""
        zone = self.zones.pop(name)
        for attachment in zone._attachments:
            attachment.stream.close()
        for timer in zone._timers.values():
            timer.cancel()

    def forward(self, seconds: float) -> None:
        """Step by step: what is due in one has been done in the next."""
        for _ in range(int(seconds / _STEP)):
            self._clock.forward(_STEP)
            self._loop.run_until_complete(self._hear())

    def close(self) -> None:
        for zone in self.zones.values():
            self._loop.run_until_complete(zone.close())
        self._loop.close()

    def _asking(self, operation: ZoneOperation[Any]) -> RedisZone:
        return self.zones.get(getattr(operation, "worker", _ASKS), self.zones[_ASKS])

    async def _do(self, operation: ZoneOperation[R]) -> R:
        result: Any = await self._asked(self._asking(operation), operation)
        await self._hear()
        if isinstance(result, Exception):
            raise result
        if isinstance(result, Listing) and result.last:  # it goes on in another shard
            assert isinstance(operation, Channels)
            rest: Any = await self._do(replace(operation, after=result.last))
            result = replace(result, infos=result.infos + rest.infos, last=0)
        if isinstance(result, Totals):
            result = replace(result, by_worker=tuple([worker for worker in result.by_worker if worker.name != _ASKS]))
        known: R = result
        return known

    async def _hear(self) -> None:
        """Let all hear what was published: an answer comes after it."""
        for zone in self.zones.values():
            await self._asked(zone, ChannelsInfo(()))

    async def _asked(self, zone: RedisZone, operation: ZoneOperation[Any]) -> Any:
        waiting: asyncio.Future[Any] = self._loop.create_future()
        zone.call(operation, waiting.set_result)
        return await waiting
