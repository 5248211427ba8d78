"""Sentinel makes another server the master, a Cluster loses a node or moves a slot: subscribers stay, and miss nothing."""

from __future__ import annotations

import asyncio

from ngxpush.push.operations import ZoneAway
from tests.server.redis.fakes import until
from tests.server.redis.members import Member, members
from tests.server.redis.servers import RedisServer, cluster, needs_redis, sentinels

pytestmark = needs_redis


def test_a_failover_of_sentinel() -> None:
    async def scenario() -> None:
        with sentinels() as started:
            async with members(started.url, started.url) as (here, there):
                await here.subscribe(b"a")
                await there.publish(b"a", b"1")
                await here.hears(b"1")
                first, second = started.nodes
                await until(lambda: _is_replicated(first))
                first.kill()
                await there.lost()
                await asyncio.gather(here.back(), there.back())
                await there.publish(b"a", b"2")
                await here.hears(b"1", b"2")
                assert [message.id for message in here.hearer.messages] == [1, 2]
                assert await there.subscribers(b"a") == [1]
                assert await there.clients() == {here.name: 1, there.name: 0}
                assert second.cli("ROLE").startswith("master")

    asyncio.run(scenario())


def _is_replicated(master: RedisServer) -> bool:
    """Whether the replica has all that was written."""
    role, offset, _, _, theirs = master.cli("ROLE").split()
    return role == "master" and offset == theirs


def test_a_cluster_goes_on_without_a_lost_node() -> None:
    async def scenario() -> None:
        with cluster() as started:
            async with members(started.url, started.url) as (here, there):
                ids = [b"c%d" % number for number in range(40)]
                for id in ids:
                    await here.subscribe(id)
                lost = started.nodes[1]
                lost.kill()
                await asyncio.gather(here.lost(), there.lost())
                reached = [id for id in ids if await _is_reached(there, id)]
                assert 0 < len(reached) < len(ids)
                await here.hears(*[b"1"] * len(reached))
                lost.start()
                await asyncio.gather(here.back(), there.back())
                for id in ids:
                    await there.publish(id, b"2")
                await here.hears(*[b"1"] * len(reached), *[b"2"] * len(ids))
                assert await there.subscribers(*ids) == [1] * len(ids)
                assert await there.clients() == {here.name: len(ids), there.name: 0}
                assert {text.split(" in ")[0] for _, text in here.said if "can't be" in text} == {"a part of the channels"}

    asyncio.run(scenario())


async def _is_reached(member: Member, id: bytes) -> bool:
    try:
        await member.publish(id, b"1")
    except ZoneAway:
        return False
    return True


def test_a_slot_of_a_cluster_moves() -> None:
    async def scenario() -> None:
        with cluster() as started:
            async with members(started.url, started.url) as (here, there):
                ids = [b"c%d" % number for number in range(40)]
                for id in ids:
                    await here.subscribe(id)
                key = "{ngxpush:zone:3}"
                owner = started.owner(key)
                await asyncio.to_thread(started.move, key, next(node for node in started.nodes if node is not owner))
                for member in (here, there):
                    await until(lambda member=member: any("again" in text for _, text in member.said))  # type: ignore[misc]
                    await member.back()
                for id in ids:
                    await there.publish(id, b"1")
                await here.hears(*[b"1"] * len(ids))
                assert await there.subscribers(*ids) == [1] * len(ids)
                assert await there.clients() == {here.name: len(ids), there.name: 0}

    asyncio.run(scenario())
