"""What Redis has acknowledged comes to each subscriber once and in order, whatever happens to Redis meanwhile."""

from __future__ import annotations

import asyncio

from ngxpush.push.operations import ZoneAway
from ngxpush.server.redis.shards import CLUSTER_SHARDS, shard_of
from tests.server.redis.fakes import until
from tests.server.redis.members import Gate, Member, behind_a_gate, members
from tests.server.redis.servers import RedisServer, cluster, needs_redis

pytestmark = needs_redis


class Publishing:
    """A member that publishes one number after the other until it is stopped. acknowledged: those that are published for sure."""

    def __init__(self, member: Member, channel: bytes) -> None:
        self.acknowledged: list[int] = []
        self.refused = 0
        self._member = member
        self._channel = channel
        self._stopped = False
        self._task = asyncio.create_task(self._publish())

    async def _publish(self) -> None:
        number = 0
        while not self._stopped:
            number += 1
            try:
                await self._member.publish(self._channel, b"%d" % number)
            except ZoneAway:
                self.refused += 1
                await asyncio.sleep(0.01)
            else:
                self.acknowledged.append(number)

    async def more(self, count: int) -> None:
        """Wait until so many more are published."""
        enough = len(self.acknowledged) + count
        await until(lambda: len(self.acknowledged) >= enough)

    async def is_heard_by(self, member: Member) -> None:
        """Stop; then all that was acknowledged has been heard, nothing came twice, and all in the order of publishing."""
        self._stopped = True
        await self._task
        await member.back()
        await until(lambda: {*self.acknowledged} <= {int(message.text) for message in member.hearer.messages})
        heard = [int(message.text) for message in member.hearer.messages]
        assert heard == sorted({*heard})


def test_nothing_that_was_acknowledged_is_lost_when_redis_is_killed() -> None:
    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        publishing = Publishing(there, b"a")
        for _ in range(3):
            await publishing.more(50)
            server.kill()
            await there.lost()
            server.start()
            await publishing.more(50)
        await publishing.is_heard_by(here)
        assert publishing.refused

    behind_a_gate(play)


def test_nothing_that_was_acknowledged_is_lost_when_redis_is_paused_and_the_network_is_cut() -> None:
    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        publishing = Publishing(there, b"a")
        await publishing.more(50)
        gate.cut()
        await publishing.more(50)
        server.pause()
        await there.lost()
        await gate.open_again()
        server.go_on()
        await publishing.more(50)
        await here.back()
        await publishing.more(50)
        await publishing.is_heard_by(here)

    behind_a_gate(play)


def test_nothing_that_was_acknowledged_is_lost_when_a_slot_moves() -> None:
    async def scenario() -> None:
        with cluster() as started:
            async with members(started.url, started.url) as (here, there):
                key = f"{{ngxpush:zone:{shard_of(b'a', CLUSTER_SHARDS)}}}"
                await here.subscribe(b"a")
                publishing = Publishing(there, b"a")
                for _ in range(2):
                    await publishing.more(50)
                    owner = await asyncio.to_thread(started.owner, key)
                    await asyncio.to_thread(started.move, key, next(node for node in started.nodes if node is not owner))
                    await publishing.more(50)
                await publishing.is_heard_by(here)
                assert await there.subscribers(b"a") == [1]

    asyncio.run(scenario())
