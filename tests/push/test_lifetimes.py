"""How long messages and channels stay, and where they are counted on their way out."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.lifetimes import Trash
from ngxpush.push.memory import Memory
from ngxpush.push.shared import ChannelRequest, Subscription, Summary
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone


def make(message_ttl: int = 1800, channel_inactivity_time: int = 30, **settings: int) -> Zone:
    main = PushStreamMain(
        shared_memory=(1 << 25, b"zone"),
        message_ttl=message_ttl,
        channel_inactivity_time=channel_inactivity_time,
        max_messages_stored_per_channel=settings.get("stored"),
    )
    return Zone(main, Templates(main, ()), 0)


def publish(zone: Zone, id: bytes, now: int, store: bool = True) -> None:
    zone.publish((id,), b"m", store, None, None, now)


def ids(zone: Zone) -> list[bytes]:
    return [info.channel for info in zone.channels(b"", 0).infos]


def counters(summary: Summary) -> tuple[int, int, int, int, int]:
    """channels, stored, messages in trash, channels in delete, channels in trash."""
    return (
        summary.channels,
        summary.stored_messages,
        summary.messages_in_trash,
        summary.channels_in_delete,
        summary.channels_in_trash,
    )


def test_messages_end_at_their_ttl() -> None:
    zone = make(message_ttl=2)
    publish(zone, b"a", 0)
    publish(zone, b"a", 1)
    zone.collect_messages(1)
    assert counters(zone.summary(1)) == (1, 2, 0, 0, 0)
    zone.collect_messages(2)
    assert counters(zone.summary(2)) == (1, 1, 1, 0, 0)


def test_messages_over_the_limit_go_to_the_trash_at_once() -> None:
    zone = make(stored=2)
    for _ in range(5):
        publish(zone, b"a", 0)
    assert counters(zone.summary(0)) == (1, 2, 3, 0, 0)


def test_a_message_not_stored_goes_to_the_trash_at_once() -> None:
    zone = make()
    publish(zone, b"a", 0, store=False)
    assert counters(zone.summary(0)) == (1, 0, 1, 0, 0)


def test_a_deleted_channel_waits_in_delete_then_in_trash() -> None:
    zone = make()
    publish(zone, b"a", 0)
    publish(zone, b"b", 0)
    zone.delete((b"a",), None, 1)
    assert counters(zone.summary(1)) == (1, 2, 0, 1, 0)
    zone.collect_messages(3)
    assert counters(zone.summary(3)) == (1, 2, 0, 1, 0)
    zone.collect(4)
    assert counters(zone.summary(4)) == (1, 1, 1, 0, 1)
    zone.collect(12)
    assert counters(zone.summary(12)) == (1, 1, 1, 0, 1)
    zone.collect(16)
    assert counters(zone.summary(16)) == (1, 1, 0, 0, 0)


def test_messages_and_channel_may_go_together() -> None:
    zone = make(message_ttl=1, channel_inactivity_time=1)
    publish(zone, b"a", 0)
    zone.collect(4)
    assert counters(zone.summary(4)) == (0, 0, 1, 0, 1)


def test_what_keeps_a_channel() -> None:
    zone = make(channel_inactivity_time=2)
    zone.create((b"idle",), 0)
    publish(zone, b"stored", 0)
    publish(zone, b"live", 0, store=False)
    zone.subscribe(1, Subscription((ChannelRequest(b"watched"),)), 0)
    zone.collect(2)
    assert ids(zone) == [b"idle", b"stored", b"live", b"watched"]
    publish(zone, b"live", 2, store=False)
    zone.channels_info((b"idle",), 2)
    zone.collect(4)
    assert ids(zone) == [b"stored", b"live", b"watched"]
    zone.unsubscribe(1, (b"watched",), 4)
    zone.collect(8)
    assert ids(zone) == [b"stored"]


@pytest.mark.parametrize("store", [True, False])
def test_memory_comes_back_from_the_trash(store: bool) -> None:
    zone = make(message_ttl=1, channel_inactivity_time=1)
    # The very first message takes a little for good.
    publish(zone, b"a", 0)
    zone.collect(4)
    zone.collect(16)
    before = zone.snapshot()["memory"]
    zone.subscribe(1, Subscription((ChannelRequest(b"a"),)), 20)
    for _ in range(1000):
        publish(zone, b"a", 20, store)
    zone.unsubscribe(1, (b"a",), 20)
    zone.collect(24)
    assert zone.snapshot()["memory"] != before
    zone.collect(36)
    assert zone.snapshot()["memory"] == before


def test_memory_comes_back_from_a_deleted_channel() -> None:
    zone = make()
    publish(zone, b"b", 0)
    before = zone.snapshot()["memory"]
    publish(zone, b"a", 0)
    zone.subscribe(1, Subscription((ChannelRequest(b"a"),)), 0)
    zone.delete((b"a",), None, 0)
    zone.unsubscribe(1, (), 0)
    zone.collect(4)
    zone.collect(16)
    assert zone.snapshot()["memory"] == before


def test_trash_is_emptied_by_its_age() -> None:
    memory, trash = Memory(1 << 20), Trash()
    memory.take((100,) * 3)
    for now in (0, 0, 3):
        trash.add_message((100,), now)
    counts = []
    for now in (9, 10, 12, 13):
        trash.empty(memory, now)
        counts.append(trash.messages)
    assert counts == [3, 1, 1, 0]
    assert memory.snapshot() == Memory(1 << 20).snapshot()
