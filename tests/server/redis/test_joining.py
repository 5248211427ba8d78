"""How a worker learns what it has missed."""

from __future__ import annotations

import asyncio

from ngxpush.server.redis.joining import HELD_AT_ONCE, Joiner, Missed, catch_up, join
from ngxpush.server.redis.language import ChannelPosition, Held, Rejoin, Rejoined
from tests.server.redis.fakes import message


def _caught_up(held: list[Held], *answers: Rejoined) -> tuple[Missed, list[Rejoin]]:
    asked: list[Rejoin] = []

    async def rejoin(operation: Rejoin) -> Rejoined:
        asked.append(operation)
        return answers[len(asked) - 1]

    return asyncio.run(catch_up(Joiner("w1", 7, 3, held), rejoin)), asked


def _held(id: bytes, time: int = 0, tag: int = 0) -> Held:
    return Held(ChannelPosition(id, 1, time, tag), 1)


def test_who_comes_first_holds_nothing() -> None:
    missed, asked = _caught_up([], Rejoined())
    assert (missed, asked) == (Missed(), [Rejoin("w1", 7, 3, (), True)])


def test_what_the_shard_counts_too_much_goes_slice_by_slice() -> None:
    assert len(_caught_up([], Rejoined(more=True), Rejoined(more=True), Rejoined())[1]) == 3


def test_messages_of_all_channels_come_in_the_order_of_publishing() -> None:
    a, b = _held(b"a"), _held(b"b", 1000, 1)
    missed, asked = _caught_up(
        [a, b],
        Rejoined(
            (message(1), message(4), message(2, b"b")),
            (message(-2, b"gone"),),
            (ChannelPosition(b"b", 1, 1000, 2),),
            behind=(ChannelPosition(b"a", 1, 1000, 4),),
        ),
        Rejoined((message(5),), positions=(ChannelPosition(b"a", 1, 1000, 5),)),
        Rejoined(),
    )
    assert [each.id for each in missed.messages] == [1, 2, 4, 5]
    assert missed.deleted == [message(-2, b"gone")]
    assert [position.channel for position in missed.positions] == [b"b", b"a"]
    assert [operation.channels for operation in asked] == [(a, b), (_held(b"a", 1000, 4),), ()]
    assert [operation.last for operation in asked] == [False, False, True]


def test_many_channels_are_held_in_parts() -> None:
    held = [_held(b"%d" % number) for number in range(HELD_AT_ONCE + 1)]
    _, asked = _caught_up(held, Rejoined(), Rejoined(), Rejoined())
    assert [len(operation.channels) for operation in asked] == [HELD_AT_ONCE, 1, 0]


def test_what_may_be_too_much_for_a_subscriber_comes_before_the_subscription() -> None:
    a, b = _held(b"a"), _held(b"b")
    answers = iter(
        (
            Rejoined((message(1),), (message(-2, b"b"),), (ChannelPosition(b"a", 1, 1000, 1),)),
            Rejoined(),
            Rejoined((message(2),), positions=(ChannelPosition(b"a", 1, 1000, 2),)),
            Rejoined(),
        )
    )
    done: list[Rejoin | str] = []

    async def rejoin(operation: Rejoin) -> Rejoined:
        done.append(operation)
        return next(answers)

    async def subscribe() -> None:
        done.append("subscribed")

    missed = asyncio.run(join(Joiner("w1", 7, 3, [a, b]), rejoin, subscribe, twice=True))
    assert missed == Missed([message(1), message(2)], [message(-2, b"b")], [ChannelPosition(b"a", 1, 1000, 2)])
    last = Rejoin("w1", 7, 3, (), True)
    assert done == [
        Rejoin("w1", 7, 3, (a, b), last=False),
        last,
        "subscribed",
        Rejoin("w1", 7, 3, (_held(b"a", 1000, 1),), last=False),
        last,
    ]
