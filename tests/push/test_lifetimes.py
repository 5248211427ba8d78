"""How long messages and channels stay, and where they are counted on their way out."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push import lifetimes
from ngxpush.push.channels import Channel
from ngxpush.push.lifetimes import SLICE, Agenda, Trash
from ngxpush.push.memory import Memory, MemorySnapshot
from ngxpush.push.operations import (
    Attach,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Publish,
    Subscribe,
    Summary,
    Totals,
    Unsubscribe,
)
from ngxpush.push.snapshot import SavedHead
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone


def make(message_ttl: int = 1800, channel_inactivity_time: int = 30, **settings: int) -> Zone:
    main = PushStreamMain(
        shared_memory=(1 << 25, b"zone"),
        message_ttl=message_ttl,
        channel_inactivity_time=channel_inactivity_time,
        max_messages_stored_per_channel=settings.get("stored"),
    )
    zone = Zone(main, Templates(main, ()), 0)
    zone.do(Attach("w1", 1), 0)
    return zone


def publish(zone: Zone, id: bytes, now: int, store: bool = True) -> None:
    zone.do(Publish((id,), b"m", store), now)


def ids(zone: Zone) -> list[bytes]:
    return [info.channel for info in zone.do(Channels(), 0).infos]


def counters(summary: Totals) -> tuple[int, int, int, int, int]:
    """channels, stored, messages in trash, channels in delete, channels in trash."""
    return (
        summary.channels,
        summary.stored_messages,
        summary.messages_in_trash,
        summary.channels_in_delete,
        summary.channels_in_trash,
    )


def memory_of(zone: Zone) -> MemorySnapshot:
    head = next(zone.save())
    assert isinstance(head, SavedHead)
    return head.memory


def test_messages_end_at_their_ttl() -> None:
    zone = make(message_ttl=2)
    publish(zone, b"a", 0)
    publish(zone, b"a", 1)
    zone.do(CollectMessages(), 1)
    assert counters(zone.do(Summary(), 1)) == (1, 2, 0, 0, 0)
    zone.do(CollectMessages(), 2)
    assert counters(zone.do(Summary(), 2)) == (1, 1, 1, 0, 0)


def test_messages_over_the_limit_go_to_the_trash_at_once() -> None:
    zone = make(stored=2)
    for _ in range(5):
        publish(zone, b"a", 0)
    assert counters(zone.do(Summary(), 0)) == (1, 2, 3, 0, 0)


def test_a_message_not_stored_goes_to_the_trash_at_once() -> None:
    zone = make()
    publish(zone, b"a", 0, store=False)
    assert counters(zone.do(Summary(), 0)) == (1, 0, 1, 0, 0)


def test_a_deleted_channel_waits_in_delete_then_in_trash() -> None:
    zone = make()
    publish(zone, b"a", 0)
    publish(zone, b"b", 0)
    zone.do(Delete((b"a",)), 1)
    assert counters(zone.do(Summary(), 1)) == (1, 2, 0, 1, 0)
    zone.do(CollectMessages(), 3)
    assert counters(zone.do(Summary(), 3)) == (1, 2, 0, 1, 0)
    zone.do(Collect(), 4)
    assert counters(zone.do(Summary(), 4)) == (1, 1, 1, 0, 1)
    zone.do(Collect(), 14)
    assert counters(zone.do(Summary(), 14)) == (1, 1, 1, 0, 1)
    zone.do(Collect(), 16)
    assert counters(zone.do(Summary(), 16)) == (1, 1, 0, 0, 0)


def test_messages_and_channel_may_go_together() -> None:
    zone = make(message_ttl=1, channel_inactivity_time=1)
    publish(zone, b"a", 0)
    zone.do(Collect(), 4)
    assert counters(zone.do(Summary(), 4)) == (0, 0, 1, 0, 1)


def test_what_keeps_a_channel() -> None:
    zone = make(channel_inactivity_time=2)
    zone.do(Create((b"idle",)), 0)
    publish(zone, b"stored", 0)
    publish(zone, b"live", 0, store=False)
    zone.do(Subscribe("w1", (ChannelRequest(b"watched"),)), 0)
    zone.do(Collect(), 2)
    assert ids(zone) == [b"idle", b"stored", b"live", b"watched"]
    publish(zone, b"live", 2, store=False)
    zone.do(ChannelsInfo((b"idle",)), 2)
    zone.do(Collect(), 4)
    assert ids(zone) == [b"stored", b"live", b"watched"]
    zone.do(Unsubscribe("w1", (b"watched",)), 4)
    zone.do(Collect(), 8)
    assert ids(zone) == [b"stored"]


@pytest.mark.parametrize("store", [True, False])
def test_memory_comes_back_from_the_trash(store: bool) -> None:
    zone = make(message_ttl=1, channel_inactivity_time=1)
    before = memory_of(zone)
    zone.do(Subscribe("w1", (ChannelRequest(b"a"),)), 20)
    for _ in range(1000):
        publish(zone, b"a", 20, store)
    zone.do(Unsubscribe("w1", (b"a",)), 20)
    zone.do(Collect(), 24)
    assert memory_of(zone) != before
    while zone.do(Collect(), 36):
        pass
    zone.do(Collect(), 47)
    assert memory_of(zone) == before


def test_memory_comes_back_from_a_deleted_channel() -> None:
    zone = make()
    publish(zone, b"b", 0)
    before = memory_of(zone)
    publish(zone, b"a", 0)
    zone.do(Subscribe("w1", (ChannelRequest(b"a"),)), 0)
    zone.do(Delete((b"a",)), 0)
    zone.do(Unsubscribe("w1", ()), 0)
    zone.do(Collect(), 4)
    zone.do(Collect(), 16)
    assert memory_of(zone) == before


def test_trash_is_emptied_by_its_age() -> None:
    """What was thrown away in a second is gone when ten seconds lie between."""
    memory, trash = Memory(1 << 20), Trash()
    for now in (0, 0, 3):
        trash.add_message(memory.take((100,)) or b"", now)
    counts = []
    for now in (10, 11, 13, 14):
        trash.empty(memory, now, SLICE)
        counts.append(trash.messages)
    assert counts == [3, 1, 1, 0]
    assert memory.snapshot() == Memory(1 << 20).snapshot()


def test_a_turn_is_done_in_slices() -> None:
    zone = make(message_ttl=1, channel_inactivity_time=1)
    for _ in range(2 * SLICE):
        publish(zone, b"a", 0)
    publish(zone, b"b", 0)
    assert zone.do(CollectMessages(), 5) is True
    assert counters(zone.do(Summary(), 5)) == (2, SLICE + 1, SLICE, 0, 0)
    publish(zone, b"a", 5)
    slices = 0
    while zone.do(Collect(), 5):
        slices += 1
    assert slices == 1
    assert counters(zone.do(Summary(), 5)) == (1, 1, 2 * SLICE + 1, 0, 1)


def test_channels_are_due_in_the_order_in_which_they_were_made_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "SORTED_AT_ONCE", 3)
    channels = [Channel(b"%d" % number, number, False, 0, b"") for number in range(10)]
    agenda = Agenda()
    for position, number in enumerate((7, 2, 9, 4, 0, 3, 8, 1)):
        agenda.add(position // 5, channels[number])
    agenda.add(2, channels[5])
    slices = 0
    while (channel := next(agenda.due(1))) is None:
        slices += 1
    assert slices == 2
    agenda.put_back(channel)
    due = list(agenda.due(1))
    assert due == [channels[number] for number in (0, 1, 2, 3, 4, 7, 8, 9)]
    assert list(agenda.due(1)) == []
    assert list(agenda.due(2)) == [channels[5]]


def test_a_turn_that_has_many_channels_to_sort_is_done_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetimes, "SORTED_AT_ONCE", 3)
    zone = make(message_ttl=1, channel_inactivity_time=1)
    for number in range(10):
        publish(zone, b"%d" % number, 0)
    slices = 0
    while zone.do(Collect(), 5):
        slices += 1
    assert slices == 6  # three for the messages, three for the channels
    assert counters(zone.do(Summary(), 5)) == (0, 0, 10, 0, 10)


def test_a_shorter_inactivity_time_counts_from_the_next_message() -> None:
    zone = make(channel_inactivity_time=1000)
    publish(zone, b"a", 0, store=False)
    main = PushStreamMain(shared_memory=(1 << 25, b"zone"), channel_inactivity_time=1)
    zone.configure(main, Templates(main, ()), 1)
    publish(zone, b"a", 1, store=False)
    zone.do(Collect(), 4)
    assert ids(zone) == []
