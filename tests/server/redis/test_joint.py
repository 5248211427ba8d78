"""Operations that concern several shards."""

from __future__ import annotations

import asyncio
from typing import Any

from ngxpush.push.operations import ChannelRequest, Subscribe, Subscribed, Unsubscribe, ZoneAway
from ngxpush.server.redis.joint import ask_together
from ngxpush.server.redis.language import ChannelPosition
from ngxpush.server.redis.shards import shard_of, split
from ngxpush.server.zone.dialogue import Heard
from tests.server.redis.fakes import FakeOwner, message, payload

# Two channels of different shards, in the order of their shards.
A, B = sorted(
    (b"a", next(id for id in (b"%d" % n for n in range(99)) if shard_of(id, 2) != shard_of(b"a", 2))),
    key=lambda id: shard_of(id, 2),
)
_SUBSCRIBE = Subscribe("w1", (ChannelRequest(A), ChannelRequest(B)))


async def _subscribing(results: list[Any]) -> FakeOwner:
    owner = FakeOwner(shards=2)
    await owner.open()
    ask_together(owner.attachments, split(_SUBSCRIBE, 2), results.append)
    return owner


def test_what_follows_one_part_waits_for_the_other() -> None:
    async def scenario() -> None:
        results: list[Any] = []
        owner = await _subscribing(results)
        first, second = (server.connection for server in owner.servers)
        first.answer(Subscribed(), positions=(ChannelPosition(A, 1),))
        first.push(payload(Heard(message(1, A))))
        assert (results, owner.hearer.heard) == ([], [])
        second.answer(Subscribed(), positions=(ChannelPosition(B, 1),))
        assert isinstance(results[0], Subscribed) and owner.hearer.heard == [(A, 1, b"1")]
        assert sum(each.followed.clients for each in owner.attachments) == 1

    asyncio.run(scenario())


def test_a_subscription_that_a_shard_can_not_answer_is_taken_back() -> None:
    async def scenario() -> None:
        results: list[Any] = []
        owner = await _subscribing(results)
        first, second = (server.connection for server in owner.servers)
        first.answer(Subscribed(), positions=(ChannelPosition(A, 1),))
        second.end("has closed the connection")
        assert isinstance(results[0], ZoneAway)
        assert first.asked == [Unsubscribe("w1", (A,))]
        assert owner.attachments[0].followed.held() == []

    asyncio.run(scenario())
