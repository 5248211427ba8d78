"""Clients come and go while Redis does: whatever happens, the counts are right in the end, and no one has missed anything."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from ngxpush.push.operations import ChannelsInfo, Forget, ZoneAway
from ngxpush.server.redis.shards import CLUSTER_SHARDS
from tests.server.redis.fakes import until
from tests.server.redis.members import Gate, Member, members
from tests.server.redis.servers import RedisServer, cluster, needs_redis, redis_server

pytestmark = needs_redis

_CHANNELS = [b"c%d" % number for number in range(8)]
_OUTAGES = 6


class Crowd:
    """The clients of a member. One of them has all channels all the time; others come and go."""

    def __init__(self, member: Member, chance: random.Random) -> None:
        self.member = member
        self._chance = chance
        self._clients: list[tuple[bytes, ...]] = []

    async def begin(self) -> None:
        await self.member.subscribe(*_CHANNELS)

    async def change(self) -> None:
        """Someone comes, or someone leaves."""
        if self._clients and self._chance.random() < 0.5:
            self.member.leave(*self._clients.pop())
        else:
            channels = tuple(self._chance.choices(_CHANNELS, k=self._chance.randint(1, 3)))
            with contextlib.suppress(ZoneAway):
                await self.member.subscribe(*channels)
                self._clients.append(channels)

    @property
    def counts(self) -> Counter[bytes]:
        """How many subscribers each channel has here."""
        return Counter([*_CHANNELS, *[channel for channels in self._clients for channel in channels]])

    @property
    def size(self) -> int:
        return 1 + len(self._clients)


class Busy:
    """Members whose clients come and go, and who publish, until they are stopped."""

    def __init__(self, crowds: list[Crowd], chance: random.Random) -> None:
        self._crowds = crowds
        self._chance = chance
        self._acknowledged: dict[bytes, list[int]] = {channel: [] for channel in _CHANNELS}
        self._number = 0
        self._stopped = False
        self._tasks = [asyncio.create_task(self._change(crowd)) for crowd in crowds]
        self._tasks.append(asyncio.create_task(self._publish(crowds[-1].member)))

    async def _change(self, crowd: Crowd) -> None:
        while not self._stopped:
            await crowd.change()
            await asyncio.sleep(self._chance.random() / 500)

    async def _publish(self, member: Member) -> None:
        while not self._stopped:
            self._number += 1
            channel = self._chance.choice(_CHANNELS)
            with contextlib.suppress(ZoneAway):
                await member.publish(channel, b"%d" % self._number)
                self._acknowledged[channel].append(self._number)
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        self._stopped = True
        await asyncio.gather(*self._tasks)
        for crowd in self._crowds:
            await _settled(crowd.member)

    async def check(self) -> None:
        """All that was acknowledged was heard, each message once and in order; the counts are those of the clients."""
        for crowd in self._crowds:
            for channel in _CHANNELS:
                await until(partial(self._has_all, crowd.member, channel))
                numbers = _heard(crowd.member, channel)
                assert numbers == sorted({*numbers})
        asking = self._crowds[0].member
        expected = sum((crowd.counts for crowd in self._crowds), Counter[bytes]())
        assert dict(zip(_CHANNELS, await asking.subscribers(*_CHANNELS), strict=True)) == expected
        assert await asking.clients() == {crowd.member.name: crowd.size for crowd in self._crowds}

    def _has_all(self, member: Member, channel: bytes) -> bool:
        return {*self._acknowledged[channel]} <= {*_heard(member, channel)}


def _heard(member: Member, channel: bytes) -> list[int]:
    return [int(message.text) for message in member.hearer.messages if message.channel == channel]


async def _settled(member: Member) -> None:
    """Wait until the last outage is over: a worker notices some of them only when it asks for something."""
    while True:
        await member.back()
        with contextlib.suppress(ZoneAway):
            await member.do(ChannelsInfo(()))
            return


async def _play(found: list[Member], seed: int, outages: list[Callable[[], Awaitable[None]]]) -> None:
    chance = random.Random(seed)
    crowds = [Crowd(member, chance) for member in found]
    for crowd in crowds:
        await crowd.begin()
    busy = Busy(crowds, chance)
    for _ in range(_OUTAGES):
        await asyncio.sleep(0.1 + chance.random() / 5)
        await chance.choice(outages)()
    await busy.stop()
    await busy.check()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_server(seed: int) -> None:
    async def scenario() -> None:
        with redis_server(persistent=True) as server:
            gate = Gate(server.port)
            async with members(f"redis://127.0.0.1:{await gate.open()}", server.url) as found:
                here, there = found

                async def cut() -> None:
                    gate.cut()
                    await here.lost()
                    await gate.open_again()

                async def restart() -> None:
                    server.kill()
                    await there.lost()
                    server.start()

                async def pause() -> None:
                    server.pause()
                    await there.lost()
                    server.go_on()

                async def flush() -> None:
                    server.cli("SCRIPT", "FLUSH")

                async def forget() -> None:
                    there.zone.post(Forget(here.name))

                await _play(found, seed, [cut, restart, pause, flush, forget])
            gate.cut()

    asyncio.run(scenario())


@pytest.mark.parametrize("seed", [1])
def test_a_cluster(seed: int) -> None:
    """Nodes keep their data."""

    async def scenario() -> None:
        with cluster(persistent=True) as started:
            async with members(started.url, started.url) as found:
                here, there = found
                chance = random.Random(seed)

                async def restart() -> None:
                    node = chance.choice(started.nodes)
                    node.kill()
                    await there.lost()
                    node.start()

                async def pause() -> None:
                    node: RedisServer = chance.choice(started.nodes)
                    node.pause()
                    await there.lost()
                    node.go_on()

                async def forget() -> None:
                    there.zone.post(Forget(here.name))

                async def move() -> None:
                    key = f"{{ngxpush:zone:{chance.randrange(CLUSTER_SHARDS)}}}"
                    source = await asyncio.to_thread(started.owner, key)
                    target = chance.choice([node for node in started.nodes if node is not source])
                    await asyncio.to_thread(started.move, key, target)

                await _play(found, seed, [restart, pause, forget, move])

    asyncio.run(scenario())
