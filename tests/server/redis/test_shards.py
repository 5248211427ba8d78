"""Operations in parts, each done by a zone in memory, and joined again."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.push.operations import (
    Attach,
    ChannelInfo,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Collect,
    Create,
    Delete,
    Inspect,
    Publish,
    Published,
    Refusal,
    Resume,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
    WorkerInfo,
    ZoneOperation,
)
from ngxpush.push.zone import Zone
from ngxpush.server.redis.shards import CLUSTER_SHARDS, ShardPart, join, shard_of, split, undo
from tests.push.zone_contract import MAIN, NOW, R, templates

IDS = (b"a", b"b", b"c", b"d", b"e", b"g")
OF = 3


class Shards:
    """A zone in parts."""

    def __init__(self) -> None:
        self.zones = [Zone(MAIN, templates(MAIN), NOW) for _ in range(OF)]
        self.do(Attach("w1", 7))

    def do(self, operation: ZoneOperation[R]) -> R:
        parts = split(operation, OF)
        results = [self.ask(part) for part in parts]
        for part in undo(parts, results):
            self.ask(part)
        result: R = join(parts, results)
        return result

    def ask(self, part: ShardPart) -> Any:
        return self.zones[part.shard].do(part.operation, NOW)


@pytest.fixture
def zone() -> Shards:
    return Shards()


def subscribe(stay: Stay = Stay.ALWAYS, resume: Resume = Resume(), *ids: bytes) -> Subscribe:  # noqa: B008
    return Subscribe("w1", tuple([ChannelRequest(id) for id in ids or IDS]), resume, stay)


def counted(zone: Shards) -> list[int]:
    return [info.subscribers for info in zone.do(ChannelsInfo(IDS)).infos]


def test_a_channel_is_in_one_shard_on_every_machine() -> None:
    assert [shard_of(id, CLUSTER_SHARDS) for id in (b"", b"a", b"news", b"\xff")] == [0, 3, 0, 0]
    assert {shard_of(id, OF) for id in IDS} == {0, 1, 2}


def test_a_zone_of_one_shard_is_asked_for_the_whole() -> None:
    operation = Publish(IDS, b"m", True)
    (part,) = split(operation, 1)
    assert part == ShardPart(0, operation, operation)
    assert join((part,), [Published(())]) == Published(())


def test_the_infos_of_a_publish_are_in_the_order_of_its_channels(zone: Shards) -> None:
    published = zone.do(Publish((*IDS, b"a"), b"m", True))
    assert isinstance(published, Published)
    assert [info.channel for info in published.infos] == [*IDS, b"a"]


def test_a_refusal_of_one_shard_is_that_of_the_whole(zone: Shards) -> None:
    parts = split(Create((b"a", b"b")), OF)
    refusal = Refusal(403)
    assert len(parts) == 2
    assert (join(parts, [None, refusal]), join(parts, [None, None])) == (refusal, None)


def test_channels_are_listed_shard_by_shard(zone: Shards) -> None:
    zone.do(Create(IDS))
    listing = zone.do(Channels())
    found, totals = list(listing.infos), {listing.channels}
    while listing.last:
        listing = zone.do(Channels(after=listing.last))
        found += listing.infos
        totals.add(listing.channels)
    assert (sorted(info.channel for info in found), totals) == (list(IDS), {len(IDS)})


def test_to_look_at_channels_shows_them_in_the_order_that_was_asked_for(zone: Shards) -> None:
    zone.do(Create((b"a", b"c", b"d")))
    asked = (b"d", b"nope", b"a", b"c", b"a")
    assert [info.channel for info in zone.do(ChannelsInfo(asked)).infos] == [b"d", b"a", b"c", b"a"]
    assert [state.info.channel for state in zone.do(Inspect(asked)).states] == [b"d", b"a", b"c", b"a"]


def test_old_messages_are_in_the_order_of_the_channels(zone: Shards) -> None:
    for id in reversed(IDS):
        zone.do(Publish((id,), id, True))
    result = zone.do(subscribe(Stay.NEVER, Resume(NOW, 0)))
    assert isinstance(result, Subscribed)
    assert [message.text for message in result.messages] == list(IDS)
    assert (result.staying, result.time, result.tag) == (False, NOW, 4)


def test_who_gets_an_old_message_in_one_shard_stays_in_none(zone: Shards) -> None:
    zone.do(Publish((b"c",), b"m", True))
    result = zone.do(subscribe(Stay.UNLESS_MESSAGES, Resume(NOW, 0)))
    assert isinstance(result, Subscribed) and not result.staying
    assert counted(zone) == [0] * len(IDS)


def test_who_stays_counts_in_each_channel(zone: Shards) -> None:
    result = zone.do(subscribe())
    assert result == Subscribed()
    assert counted(zone) == [1] * len(IDS)
    zone.do(Unsubscribe("w1", IDS))
    assert counted(zone) == [0] * len(IDS)


def test_a_client_counts_in_one_shard_and_leaves_it_in_one() -> None:
    assert [part.first for part in split(subscribe(), OF)] == [True, False, False]
    left = [part.operation for part in split(Unsubscribe("w1", IDS, 4), OF)]
    assert [operation.clients for operation in left if isinstance(operation, Unsubscribe)] == [4, 0, 0]


def test_channels_without_memory_are_not_heard() -> None:
    parts = split(subscribe(), OF)
    first = parts[0].operation
    assert isinstance(first, Subscribe)
    missing = first.channels[-1].id
    some = Subscribed(heard=tuple([request.id for request in first.channels[:-1]]))
    assert join(parts, [some, Subscribed(), Subscribed()]).heard == tuple([id for id in IDS if id != missing])


def test_a_deletion_in_one_shard_is_one_of_the_whole(zone: Shards) -> None:
    zone.do(Create((b"a",)))
    assert zone.do(Delete(IDS)) is True
    assert zone.do(Delete(IDS)) is False


def test_totals_are_sums(zone: Shards) -> None:
    zone.do(Publish(IDS, b"m", True))
    zone.do(Delete((b"a",)))
    totals = zone.do(Summary())
    assert (totals.channels, totals.published_messages, totals.channels_in_delete) == (len(IDS) - 1, len(IDS), 1)
    assert totals.by_worker == (WorkerInfo("w1", 7, 0, 0),)
    assert zone.do(Collect()) is False
    assert zone.do(ChannelsInfo((b"b",))).infos == (ChannelInfo(b"b", 1, 1, 0),)
