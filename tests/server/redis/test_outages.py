"""Redis is killed, paused, cut off, fails over, moves: subscribers stay, and get what is published each once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ngxpush.push.operations import ChannelsInfo, Collect, CollectMessages, Delete, Forget, Publish, ZoneAway
from ngxpush.server.redis.shards import CLUSTER_SHARDS, shard_of
from ngxpush.server.redis.url import ChannelsUnreachable
from tests.running import free_port
from tests.server.redis.fakes import until
from tests.server.redis.members import Gate, Member, members
from tests.server.redis.servers import RedisServer, cluster, needs_redis, redis_server, sentinels

pytestmark = needs_redis

_PUBLISH = Publish((b"a",), b"never", True)
_IN = "the channels are in Redis, which "


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


async def refused(member: Member) -> str:
    """Why nothing can be published."""
    with pytest.raises(ZoneAway) as failure:
        await member.do(_PUBLISH)
    return str(failure.value)


def test_a_network_that_is_cut() -> None:
    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        await here.subscribe(b"a", b"b")
        await there.subscribe(b"a")
        await there.publish(b"a", b"1")
        gate.cut()
        await here.lost()
        assert (await refused(here)).startswith(_IN)
        await there.publish(b"a", b"2")
        await there.publish(b"b", b"3")
        await there.publish(b"a", b"4")
        here.leave(b"a")
        await gate.open_again()
        await here.back()
        await there.publish(b"a", b"5")
        await here.hears(b"1", b"2", b"3", b"4", b"5")
        await there.hears(b"1", b"2", b"4", b"5")
        assert await there.subscribers(b"a", b"b") == [2, 1]
        assert await there.clients() == {here.name: 1, there.name: 1}
        assert [level for level, _ in here.said] == ["error", "error"]
        assert here.said[1][1].endswith(" can be used again")

    behind_a_gate(play)


@pytest.mark.parametrize("persistent", [True, False])
def test_a_server_that_is_killed_and_started_again(persistent: bool) -> None:
    """Without an append-only file the stored messages are gone, and ids begin anew. Subscribers stay in any case."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        await there.publish(b"a", b"1")
        await here.hears(b"1")
        server.kill()
        gate.cut()
        await here.lost()
        await there.lost()
        assert await refused(there) in (_IN + "can't be reached (Connection refused)", _IN + "has closed the connection")
        server.start()
        await there.back()
        await there.publish(b"a", b"2", b"3")
        await gate.open_again()
        await here.back()
        await there.publish(b"a", b"4")
        await here.hears(b"1", b"2", b"3", b"4")
        assert [message.id for message in here.hearer.messages] == ([1, 2, 3, 4] if persistent else [1, 1, 2, 3])
        assert await there.subscribers(b"a") == [1]
        assert await there.clients() == {here.name: 1, there.name: 0}

    behind_a_gate(play, persistent)


def test_a_server_that_is_paused() -> None:
    """Calls under way fail within a bounded time, others at once. What was under way may be done later, but takes no one away."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        await here.subscribe(b"a")
        server.pause()
        here.leave(b"a")
        assert await refused(there) == _IN + "has not answered for 2 seconds"
        assert (await refused(here)).startswith(_IN)
        await here.lost()
        server.go_on()
        await asyncio.gather(here.back(), there.back())
        published = [text for text in [b"never"] if (await there.do(ChannelsInfo((b"a",)))).infos[0].stored_messages]
        await there.publish(b"a", b"1")
        await here.hears(*published, b"1")
        assert await there.subscribers(b"a") == [1]
        assert await there.clients() == {here.name: 1, there.name: 0}

    behind_a_gate(play)


def test_a_channel_that_was_deleted_meanwhile_ends_its_subscribers() -> None:
    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a", b"b")
        gate.cut()
        await here.lost()
        assert await there.do(Delete((b"a",), b"good bye")) is True
        await there.publish(b"a", b"of another channel")
        await there.publish(b"b", b"1")
        await gate.open_again()
        await here.back()
        await here.hears(b"1")
        assert [message.text for message in here.hearer.deletions] == [b"good bye"]
        assert await there.subscribers(b"a", b"b") == [0, 1]

    behind_a_gate(play)


def test_a_worker_that_was_forgotten_attaches_again() -> None:
    """It was stopped for so long that others took it for dead."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        there.zone.post(Forget(here.name))
        await there.publish(b"a", b"1")
        assert await there.subscribers(b"a") == [0]
        assert await refused(here) == _IN + "does not know this worker any more"
        await here.back()
        await there.publish(b"a", b"2")
        await here.hears(b"1", b"2")
        assert await there.subscribers(b"a") == [1]
        assert await there.clients() == {here.name: 1, there.name: 0}

    behind_a_gate(play)


def test_scripts_that_were_flushed_are_loaded_again() -> None:
    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        server.cli("SCRIPT", "FLUSH")
        assert await refused(there) == _IN + "has lost its scripts"
        await there.back()
        await there.publish(b"a", b"1")
        await here.hears(b"1")

    behind_a_gate(play)


def test_redis_has_no_memory_left() -> None:
    """Nothing new is taken. Who leaves, deletes or comes back makes room, and so does the timer."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a", b"b")
        await there.publish(b"a", b"1")
        server.cli("CONFIG", "SET", "maxmemory", "1")
        assert await refused(there) == _IN + "has no memory left"
        with pytest.raises(ZoneAway):
            await there.subscribe(b"a")
        assert await there.do(Collect()) is False
        assert await there.do(CollectMessages()) is False
        assert await there.do(Delete((b"b",))) is True
        gate.cut()
        await here.lost()
        await gate.open_again()
        await here.back()
        assert await there.subscribers(b"a") == [1]
        here.leave(b"a")
        await here.do(ChannelsInfo(()))
        assert await there.subscribers(b"a") == [0]
        assert not (here.away or there.away)

    behind_a_gate(play)


def test_thousands_of_messages_are_caught_up() -> None:
    """They come in slices, for many channels, while others are published."""
    channels = [b"c%d" % number for number in range(300)]

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        for channel in channels:
            await here.subscribe(channel)
        gate.cut()
        await here.lost()
        for channel in channels:
            await there.publish(channel, b"1", b"2")
        await there.publish(channels[0], *[b"%d" % number for number in range(3, 3000)])
        await gate.open_again()
        last = 3000
        while here.away:
            await there.publish(channels[0], b"%d" % last)
            last += 1
        await there.publish(channels[0], b"%d" % last)
        await until(lambda: here.hearer.messages and here.hearer.messages[-1].text == b"%d" % last)
        heard = here.hearer.heard
        assert [id for channel, id, _ in heard if channel == channels[0]] == [*range(1, last + 1)]
        assert [(channel, id) for channel, id, _ in heard if channel != channels[0]] == [
            (channel, id) for channel in channels[1:] for id in (1, 2)
        ]

    behind_a_gate(play, persistent=False)


def test_a_message_for_which_redis_cuts_the_connection_comes_all_the_same() -> None:
    """It is longer than what may wait for a subscriber of Redis, whenever the worker comes back."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        server.cli("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0")
        await here.subscribe(b"a")
        long = b"x" * (1 << 21)
        await there.publish(b"a", b"1", long, b"2")
        await here.hears(b"1", long, b"2")
        await here.back()
        await there.publish(b"a", b"3")
        await here.hears(b"1", long, b"2", b"3")

    behind_a_gate(play)


def test_a_worker_that_leaves_takes_its_subscribers_along() -> None:
    async def scenario() -> None:
        with redis_server() as server:
            async with members(server.url) as (there,):
                async with members(server.url) as (here,):
                    await here.subscribe(b"a")
                assert await there.clients() == {there.name: 0}
                assert await there.subscribers(b"a") == [0]

    asyncio.run(scenario())


def test_a_server_that_comes_after_the_worker() -> None:
    async def scenario() -> None:
        with redis_server() as server:
            server.kill()
            here = Member(server.url)
            with pytest.raises(ChannelsUnreachable) as failure:
                await here.zone.open()
            assert str(failure.value) == f"the channels in {server.url} can't be used: it can't be reached (Connection refused)"
            assert await refused(here) == _IN + "can't be reached (Connection refused)"
            server.start()
            await here.back()
            await here.subscribe(b"a")
            await here.publish(b"a", b"1")
            await here.hears(b"1")
            await here.zone.close()

    asyncio.run(scenario())


def test_an_account_that_may_do_only_what_is_needed() -> None:
    rights = ["~{ngxpush:*", "resetchannels", "&{ngxpush:*", "+@all", "-@dangerous"]

    async def scenario() -> None:
        with redis_server() as server:
            server.cli("ACL", "SETUSER", "ngxpush", "on", ">word", *rights)
            async with members(f"redis://ngxpush:word@127.0.0.1:{server.port}") as (here,):
                await here.subscribe(b"a")
                await here.publish(b"a", b"1")
                await here.hears(b"1")
                await here.do(Delete((b"a",)))
                assert [message.channel for message in here.hearer.deletions] == [b"a"]

    asyncio.run(scenario())


def test_to_close_while_redis_is_away_takes_no_longer() -> None:
    async def scenario() -> None:
        here = Member(f"redis://127.0.0.1:{free_port()}")
        with pytest.raises(ChannelsUnreachable):
            await here.zone.open()
        await here.zone.close()
        with redis_server() as server:
            there = Member(server.url)
            await there.zone.open()
            server.pause()
            await there.zone.close()
        assert there.said == []

    asyncio.run(scenario())


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
