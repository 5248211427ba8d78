"""A worker in one shard, with a server that answers as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ngxpush.push.operations import (
    ChannelRequest,
    ChannelsInfo,
    Collect,
    Listing,
    Publish,
    Published,
    Subscribe,
    Subscribed,
    Unsubscribe,
    ZoneAway,
)
from ngxpush.server.redis.attachment import Attachment
from ngxpush.server.redis.connection import RedisRefused
from ngxpush.server.redis.language import CallDone, ChannelPosition, Held, Rejoin, Rejoined, ZoneEvent
from ngxpush.server.redis.shards import ShardPart
from ngxpush.server.zone.dialogue import Deleted, Heard
from ngxpush.server.zone.remote import ZoneFailed
from tests.server.redis.fakes import FakeConnection, FakeOwner, FakeServer, message, payload, until

SUBSCRIBE = Subscribe("w1", (ChannelRequest(b"a"),))
PUBLISH = Publish((b"a",), b"text", True)
_IN = "the channels are in Redis, which "
UNSUBSCRIBE = Unsubscribe("w1", (b"a",))


class Attached:
    """The attachment, and the results of what it was asked."""

    def __init__(self, owner: FakeOwner) -> None:
        self.owner = owner
        self.results: list[Any] = []

    @property
    def attachment(self) -> Attachment:
        return self.owner.attachments[0]

    @property
    def server(self) -> FakeServer:
        return self.owner.servers[0]

    @property
    def connection(self) -> FakeConnection:
        return self.server.connection

    @property
    def heard(self) -> list[int]:
        return [message.id for message in self.owner.hearer.messages]

    def ask(self, operation: Any) -> None:
        self.attachment.ask(ShardPart(0, operation, operation), self.results.append)

    def subscribe(self, incarnation: int = 1, time: int = 0, tag: int = 0) -> None:
        """Someone subscribes to the channel a, which has its last message there."""
        self.ask(SUBSCRIBE)
        self.connection.answer(Subscribed(), positions=(ChannelPosition(b"a", incarnation, time, tag),))

    def push(self, *frames: Any) -> None:
        self.connection.push(payload(*frames))

    async def come_back(self) -> None:
        await until(lambda: self.attachment.stream.away is None)


def attached(scenario: Callable[[Attached], Coroutine[Any, Any, None]]) -> None:
    """Play a scenario with an attachment that has joined."""

    async def play() -> None:
        opened = Attached(FakeOwner())
        await opened.owner.open()
        await scenario(opened)
        opened.attachment.stream.close()

    asyncio.run(play())


def test_answers_and_messages_come_in_order() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        order: list[str] = []
        zone.owner.hearer.message = lambda message: order.append(f"message {message.id}")  # type: ignore[method-assign]
        zone.attachment.ask(ShardPart(0, PUBLISH, PUBLISH), lambda result: order.append("answer"))
        number, _, done = zone.connection.calls.pop()
        zone.push(Heard(message(1)), Heard(message(2)))
        done(payload(Heard(message(3)), CallDone(number, Published(()))))
        zone.push(Heard(message(4)))
        assert order == ["message 1", "message 2", "message 3", "answer", "message 4"]

    attached(scenario)


def test_no_message_comes_twice_nor_before_its_subscriber() -> None:
    async def scenario(zone: Attached) -> None:
        zone.push(Heard(message(1)))
        zone.subscribe(1, 1000, 2)
        zone.push(Heard(message(2)), Heard(message(3)), Heard(message(3)))
        assert zone.heard == [3]

    attached(scenario)


def test_a_deletion_is_heard_once() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.push(Deleted(message(-2)), Deleted(message(-2)))
        assert zone.owner.hearer.deletions == [message(-2)]
        assert zone.attachment.followed.held() == []

    attached(scenario)


def test_what_did_not_fit_and_what_another_shard_has_to_report() -> None:
    async def scenario(zone: Attached) -> None:
        zone.ask(PUBLISH)
        zone.connection.answer(Published(()), failures=2, events=(ZoneEvent(b"channel_created", b"a"),))
        assert (zone.owner.failures, zone.owner.events) == (2, [ZoneEvent(b"channel_created", b"a")])

    attached(scenario)


def test_it_comes_back_with_its_subscribers_and_gets_what_they_have_missed() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.push(Heard(message(1)))
        zone.connection.end("has closed the connection")
        zone.ask(PUBLISH)
        assert [str(result) for result in zone.results[1:]] == ["the channels are in Redis, which has closed the connection"]

        def rejoined(operation: Rejoin, connection: FakeConnection) -> Rejoined:
            """Messages that are published meanwhile come before the answer, those that were stored in it, too."""
            if operation.last:
                return Rejoined()
            connection.push(payload(Heard(message(3)), Heard(message(4))))
            return Rejoined((message(2), message(3)), positions=(ChannelPosition(b"a", 1, 1000, 3),))

        zone.server.rejoined = rejoined
        await zone.come_back()
        assert zone.server.rejoins[1:] == [
            Rejoin("w1", 7, 1, (Held(ChannelPosition(b"a", 1, 1000, 1), 1),), False),
            Rejoin("w1", 7, 1),
        ]
        assert zone.heard == [1, 2, 3, 4]

    attached(scenario)


def test_channels_that_were_deleted_meanwhile_end() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.server.rejoined = lambda operation, connection: Rejoined(deleted=() if operation.last else (message(-2),))
        zone.connection.end("has closed the connection")
        await zone.come_back()
        assert zone.owner.hearer.deletions == [message(-2)]
        assert zone.attachment.followed.held() == []

    attached(scenario)


def one_leaves_while_it_joins(zone: Attached) -> None:
    def rejoined(operation: Rejoin, connection: FakeConnection) -> Rejoined:
        if operation.last:
            zone.attachment.post(ShardPart(0, UNSUBSCRIBE, UNSUBSCRIBE))
        return Rejoined()

    zone.server.rejoined = rejoined


def test_who_leaves_while_the_worker_joins_is_taken_off_afterwards() -> None:
    """The number that `Rejoin` gives is that of its begin."""

    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.subscribe()

        one_leaves_while_it_joins(zone)
        zone.connection.end("has closed the connection")
        zone.attachment.post(ShardPart(0, UNSUBSCRIBE, UNSUBSCRIBE))
        await zone.come_back()
        assert zone.server.rejoins[1].channels[0].subscribers == 1
        assert zone.connection.asked == [UNSUBSCRIBE]
        assert (zone.attachment.followed.held(), zone.attachment.followed.clients) == ([], 0)

    attached(scenario)


def test_what_comes_of_those_who_left_while_the_worker_joined_is_heard() -> None:
    """Their leaving is an event of the events channel, which may have a subscriber here."""

    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.subscribe()

        one_leaves_while_it_joins(zone)
        zone.connection.end("has closed the connection")
        await zone.come_back()
        number, _, done = zone.connection.calls.pop()
        done(payload(Heard(message(1)), CallDone(number, None)))
        assert zone.heard == [1]

    attached(scenario)


def test_who_left_while_the_worker_joined_is_not_counted_for_ever() -> None:
    """The worker joins once more where the shard does not take them off."""

    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.connection.end("has closed the connection")

        def rejoined(operation: Rejoin, connection: FakeConnection) -> Rejoined:
            if operation.last and zone.attachment.followed.clients:
                zone.attachment.post(ShardPart(0, UNSUBSCRIBE, UNSUBSCRIBE))
            return Rejoined()

        zone.server.rejoined = rejoined
        await zone.come_back()
        zone.connection.answer(RedisRefused("OOM command not allowed"))
        assert zone.attachment.stream.away == "has no memory left"

    attached(scenario)


def test_who_is_answered_by_what_was_missed_leaves_after_it() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        zone.owner.hearer.message = (  # type: ignore[method-assign]
            lambda message: zone.attachment.post(ShardPart(0, UNSUBSCRIBE, UNSUBSCRIBE))
        )

        def rejoined(operation: Rejoin, connection: FakeConnection) -> Rejoined:
            if operation.last:
                connection.push(payload(Heard(message(1))))
            return Rejoined()

        zone.server.rejoined = rejoined
        zone.connection.end("has closed the connection")
        await zone.come_back()
        assert zone.connection.asked == [UNSUBSCRIBE]

    attached(scenario)


def test_a_join_that_fails_leaves_nothing_behind() -> None:
    async def scenario(zone: Attached) -> None:
        zone.subscribe()
        failures = 1

        def rejoined(operation: Rejoin, connection: FakeConnection) -> Rejoined:
            nonlocal failures
            if failures:
                failures -= 1
                connection.push(payload(Heard(message(1))))
                connection.end("has closed the connection")
            return Rejoined()

        zone.server.rejoined = rejoined
        zone.connection.end("has closed the connection")
        await zone.come_back()
        assert (len(zone.server.connections), zone.heard) == (3, [])

    attached(scenario)


@pytest.mark.parametrize(
    ("refusal", "operation", "leaves", "error"),
    [
        ("NGXPUSH forgotten", PUBLISH, True, ZoneAway(_IN + "does not know this worker any more")),
        ("READONLY You can't write", PUBLISH, True, ZoneAway(_IN + "is a replica, which can't be written to")),
        ("OOM command not allowed", PUBLISH, False, ZoneAway(_IN + "has no memory left")),
        ("OOM command not allowed", UNSUBSCRIBE, True, ZoneAway(_IN + "has no memory left")),
        ("ERR attempt to index nil", PUBLISH, True, ZoneFailed("the function in Redis failed: ERR attempt to index nil")),
    ],
)  # fmt: skip
def test_what_the_server_refuses(refusal: str, operation: Any, leaves: bool, error: Exception) -> None:
    """The worker joins again where the shard may count what is not so."""

    async def scenario(zone: Attached) -> None:
        zone.ask(operation)
        zone.connection.answer(RedisRefused(refusal))
        assert (type(zone.results[0]), str(zone.results[0])) == (type(error), str(error))
        assert (zone.attachment.stream.away is not None) is leaves

    attached(scenario)


@pytest.mark.parametrize("reply", [b"nonsense", None])
def test_an_answer_that_makes_no_sense(reply: Any) -> None:
    async def scenario(zone: Attached) -> None:
        zone.ask(PUBLISH)
        zone.connection.calls.pop()[2](reply)
        assert str(zone.attachment.stream.away).startswith("says what is no answer of ngxpush")
        assert isinstance(zone.results[0], ZoneAway)

    attached(scenario)


def test_what_takes_long_goes_on_slice_by_slice() -> None:
    async def scenario(zone: Attached) -> None:
        zone.attachment.do_slices(Collect())
        zone.attachment.do_slices(Collect())
        assert zone.connection.asked == [Collect()]
        zone.connection.answer(True)
        assert zone.connection.asked == []
        zone.owner.clock.forward(1)
        assert zone.connection.asked == [Collect()]
        zone.connection.answer(False)
        zone.owner.clock.forward(1)
        assert zone.connection.asked == []

    attached(scenario)


def test_one_can_wait_for_a_result() -> None:
    async def scenario(zone: Attached) -> None:
        waiting = asyncio.ensure_future(zone.attachment.wait_for(ChannelsInfo(())))
        await until(lambda: zone.connection.calls)
        zone.connection.answer(Listing(0, 0, 0, ()))
        assert await waiting == Listing(0, 0, 0, ())

    attached(scenario)
