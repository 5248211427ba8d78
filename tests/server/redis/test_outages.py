"""Redis is killed, paused, cut off, full: subscribers stay, and get what is published each once and in order."""

from __future__ import annotations

import asyncio

import pytest

from ngxpush.push.operations import ChannelsInfo, Collect, CollectMessages, Delete, Forget, Publish, ZoneAway
from ngxpush.server.redis.url import ChannelsUnreachable
from tests.running import free_port
from tests.server.redis.fakes import until
from tests.server.redis.members import Gate, Member, behind_a_gate, members
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

pytestmark = needs_redis

_PUBLISH = Publish((b"a",), b"never", True)
_IN = "the channels are in Redis, which "


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


def test_scripts_that_were_flushed() -> None:
    """No call fails. Each is done once, in the order in which they were made."""

    async def play(server: RedisServer, gate: Gate, here: Member, there: Member) -> None:
        await here.subscribe(b"a")
        server.cli("SCRIPT", "FLUSH")
        texts = [b"%d" % number for number in range(20)]
        await asyncio.gather(*[there.publish(b"a", text) for text in texts])
        await here.hears(*texts)
        server.cli("SCRIPT", "FLUSH")
        here.leave(b"a")
        assert await here.subscribers(b"a") == [0]
        assert not (here.said or there.said)

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
