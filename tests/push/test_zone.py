"""The zone itself: limits, memory, and that it can be taken over. What any zone must do: zone_contract.py."""

from __future__ import annotations

from itertools import accumulate, islice
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.lifetimes import SLICE
from ngxpush.push.memory import MemorySnapshot
from ngxpush.push.messages import DELETED_ID, Message
from ngxpush.push.operations import (
    Attach,
    Change,
    ChannelInfo,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Collect,
    Create,
    Delete,
    Entry,
    Forget,
    Publish,
    Published,
    Refusal,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
    decode_entry,
    encode,
)
from ngxpush.push.snapshot import Saved, SavedHead
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import Ear
from .zone_changes import BUSY, changes

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))
TOO_MANY_CHANNELS = b"Number of channels were exceeded."


def make(main: PushStreamMain = MAIN, *templates: bytes, now: int = 0) -> Zone:
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in templates]
    zone = Zone(main, Templates(main, locations), now)
    zone.do(Attach("w1", 1), now)
    return zone


def saved(zone: Zone) -> list[Saved]:
    return list(zone.save())


def memory_of(zone: Zone) -> MemorySnapshot:
    head = saved(zone)[0]
    assert isinstance(head, SavedHead)
    return head.memory


def publish(zone: Zone, *ids: bytes, text: bytes = b"m", store: bool = True, now: int = 0) -> tuple[ChannelInfo, ...]:
    published = zone.do(Publish(ids, text, store), now)
    assert isinstance(published, Published)
    return published.infos


def subscribe(zone: Zone, *ids: bytes, worker: str = "w1", now: int = 0, **settings: Any) -> Subscribed | Refusal:
    return zone.do(Subscribe(worker, tuple([ChannelRequest(id) for id in ids]), **settings), now)


def counts(zone: Zone, *ids: bytes) -> list[int]:
    return [info.subscribers for info in zone.do(ChannelsInfo(ids), 0).infos]


# -- publishing


def test_the_answer_is_from_before_anyone_heard() -> None:
    zone = make()

    class Leaver(Ear):
        def message(self, message: Message) -> None:
            zone.do(Unsubscribe(self.name, (message.channel,)), 0)

    Leaver(zone, "w1")
    subscribe(zone, b"a")
    assert publish(zone, b"a") == (ChannelInfo(b"a", 1, 1, 1),)
    assert counts(zone, b"a") == [0]


def test_limits_of_channels_are_apart_for_wildcards() -> None:
    zone = make(replace(MAIN, max_number_of_channels=1, max_number_of_wildcard_channels=1, wildcard_channel_prefix=b"bd_"))
    assert zone.do(Create((b"a", b"bd_a")), 0) is None
    for id in (b"b", b"bd_b"):
        refusal = zone.do(Create((id,)), 0)
        assert refusal is not None and (refusal.status, refusal.explain) == (403, TOO_MANY_CHANNELS)
    zone.do(Delete((b"a",)), 0)
    assert zone.do(Create((b"b",)), 0) is None


def test_without_memory_nothing_is_published() -> None:
    zone = make(PushStreamMain(shared_memory=(1 << 17, b"zone")))
    ear = Ear(zone, "w1")
    subscribe(zone, b"a")
    refusal = zone.do(Publish((b"a",), b"x" * (1 << 17), True), 0)
    assert isinstance(refusal, Refusal) and refusal.status == 500
    assert zone.do(ChannelsInfo((b"a",)), 0).infos == (ChannelInfo(b"a", 0, 0, 1),)
    assert ear.messages == []


# -- subscribing


def test_old_messages_come_channel_by_channel() -> None:
    zone = make()
    for id in (b"b", b"a", b"b", b"a"):
        publish(zone, id)
    requests = (ChannelRequest(b"a", 1), ChannelRequest(b"b", 9), ChannelRequest(b"c", 2))
    answer = zone.do(Subscribe("w1", requests), 0)
    assert isinstance(answer, Subscribed)
    assert [(message.channel, message.id) for message in answer.messages] == [(b"a", 2), (b"b", 1), (b"b", 2)]


def test_a_refused_subscription_makes_no_channel() -> None:
    zone = make()
    assert isinstance(subscribe(zone, b"a", b"ALL"), Refusal)
    assert isinstance(subscribe(zone, b"a", authorized_channels_only=True), Refusal)
    assert zone.do(Channels(), 0).infos == ()


def full_of_entries() -> Zone:
    """As on the real server: 191 subscribers, 256 bytes each for more channels, and no 64 bytes for another entry."""
    zone = make(PushStreamMain(shared_memory=(140 * 1024, b"zone")), b"~text~")
    zone.do(Attach("w1", 1), 0)
    publish(zone, b"ch")
    for number in range(192):
        subscribe(zone, b"%04d" % number)
    return zone


def test_an_open_answer_ends_at_the_first_channel_without_memory() -> None:
    zone = full_of_entries()
    requests = (ChannelRequest(b"ch", 1), ChannelRequest(b"0000"))
    assert subscribe(zone, b"0000", b"new", b"0001") == Subscribed(heard=(b"0000",))
    answer = zone.do(Subscribe("w1", requests), 0)
    assert isinstance(answer, Subscribed) and (answer.heard, len(answer.messages)) == ((), 1)
    assert zone.do(Subscribe("w1", requests[::-1]), 0).heard == (b"0000",)  # type: ignore[union-attr]
    assert counts(zone, b"0000", b"ch", b"0001", b"0191") == [3, 0, 1, 0]


def test_who_waits_hears_the_channels_there_is_memory_for() -> None:
    zone = full_of_entries()
    answer = subscribe(zone, b"0000", b"0191", b"0001", stay=Stay.UNLESS_MESSAGES)
    assert answer == Subscribed(heard=(b"0000", b"0001"))
    assert counts(zone, b"0000", b"0191", b"0001") == [2, 0, 2]


def test_without_memory_to_pass_it_on_a_message_is_stored_and_not_heard() -> None:
    zone = full_of_entries()
    ear = Ear(zone, "w1")
    published = zone.do(Publish((b"0000",), b"m", True), 0)
    assert isinstance(published, Published)
    assert published.logged == ("unable to allocate worker message, pid: 1, slot: 0",)
    assert zone.do(ChannelsInfo((b"0000",)), 0).infos == (ChannelInfo(b"0000", 1, 1, 1),)
    assert ear.messages == []


# -- workers


def test_a_dead_worker_is_forgotten_with_its_subscribers() -> None:
    zone = make()
    zone.do(Attach("w2", 2), 0)
    memory = memory_of(zone)
    ear = Ear(zone, "w1")
    subscribe(zone, b"a", worker="w1")
    subscribe(zone, b"a", worker="w2")
    zone.do(Forget("w1"), 0)
    assert counts(zone, b"a") == [1]
    assert [worker.pid for worker in zone.do(Summary(), 0).by_worker] == [2]
    zone.do(Unsubscribe("w1", (b"a",)), 0)
    assert counts(zone, b"a") == [1]
    publish(zone, b"a")
    assert ear.messages == []
    zone.do(Forget("w2"), 0)
    zone.do(Delete((b"a",)), 0)
    assert memory_of(zone) != memory  # the channel is in the trash


def test_a_worker_is_forgotten_in_slices_of_which_a_snapshot_has_those_that_are_done() -> None:
    ids = tuple([b"c%04d" % number for number in range(5 * SLICE // 2)])
    zone, again = make(), make()
    subscribe(zone, *ids)
    assert zone.do(Forget("w1"), 0)
    assert (zone.gone, sum(counts(zone, *ids))) == (("w1",), 3 * SLICE // 2)
    for value in saved(zone):
        again.restore(value)
    for each in (zone, again):
        assert each.do(Forget("w1"), 0)
        assert not each.do(Forget("w1"), 0)
        assert (each.gone, sum(counts(each, *ids))) == ((), 0)
    assert saved(again) == saved(zone)


# -- over time


def repeat(zone: Zone, entries: list[Entry]) -> None:
    """Do again what a journal holds, as bytes."""
    for entry in entries:
        decoded = decode_entry(encode(entry))
        zone.do(decoded.operation, decoded.time)


def timed(sequence: list[tuple[int, Change]]) -> list[Entry]:
    """A sequence of changes with their times."""
    times = accumulate(seconds for seconds, _ in sequence)
    return [Entry(time, operation) for time, (_, operation) in zip(times, sequence, strict=True)]


@settings(max_examples=40)
@given(changes)
def test_a_journal_makes_the_same_zone_again(sequence: list[tuple[int, Change]]) -> None:
    zone, again = make(BUSY, b"~text~", b"<~text~>"), make(BUSY, b"~text~", b"<~text~>")
    for entry in timed(sequence):
        decoded = decode_entry(encode(entry))
        assert decoded == entry
        assert zone.do(entry.operation, entry.time) == again.do(decoded.operation, decoded.time)
    assert saved(again) == saved(zone)


@settings(max_examples=40)
@given(changes, st.integers(0, 40))
def test_a_snapshot_spares_the_beginning_of_the_journal(sequence: list[tuple[int, Change]], cut: int) -> None:
    entries = timed(sequence)
    zone, again = make(BUSY, b"~text~", b"<~text~>"), make(BUSY, b"~text~", b"<~text~>")
    repeat(zone, entries[:cut])
    for value in saved(zone):
        again.restore(msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=Saved))
    assert saved(again) == saved(zone)
    repeat(zone, entries[cut:])
    repeat(again, entries[cut:])
    assert saved(again) == saved(zone)
    assert again.do(Summary(), 0) == zone.do(Summary(), 0)


@settings(max_examples=40)
@given(changes)
def test_memory_is_what_the_zone_holds(sequence: list[tuple[int, Change]]) -> None:
    """Whatever happened: when everything is gone, all memory is free again."""
    zone = make(replace(BUSY, events_channel_id=b""), b"~text~")
    nothing = memory_of(zone)
    repeat(zone, [Entry(40 + entry.time, entry.operation) for entry in timed(sequence)])
    for worker in ("w1", "w2", "w3"):
        zone.do(Forget(worker), 10_000)
    for now in (10_000, 10_020, 10_040):
        zone.do(Collect(), now)
    assert zone.do(Channels(), 10_040).infos == ()
    assert memory_of(zone) == nothing


@settings(max_examples=60)
@given(changes, st.integers(0, 40), st.integers(0, 5))
def test_a_zone_is_saved_as_it_was_though_it_goes_on(sequence: list[tuple[int, Change]], cut: int, each: int) -> None:
    """The values are taken one after the other, with `each` operations between two."""
    entries = timed(sequence)
    zone = make(BUSY, b"~text~", b"<~text~>")
    repeat(zone, entries[:cut])
    before = saved(zone)
    rest = iter(entries[cut:])
    values = []
    for value in zone.save():
        values.append(value)
        repeat(zone, list(islice(rest, each)))
    assert values == before


def test_a_reload_changes_limits_and_templates_but_not_what_was_published() -> None:
    zone = make(MAIN, b"old:~text~")
    ear = Ear(zone, "w1")
    publish(zone, b"a", b"a", text=b"one")
    main = replace(MAIN, max_number_of_channels=1, max_messages_stored_per_channel=2)
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in (b"new:~text~", b"2")]
    assert zone.configure(main, Templates(main, locations), 0) is None
    assert isinstance(zone.do(Create((b"b",)), 0), Refusal)
    answer = zone.do(Subscribe("w1", (ChannelRequest(b"a", 9),)), 0)
    assert isinstance(answer, Subscribed)
    assert [message.texts for message in answer.messages] == [(b"old:one", b"2")] * 2
    assert publish(zone, b"a", text=b"two") == (ChannelInfo(b"a", 3, 2, 1),)
    assert ear.messages[0].texts == (b"new:two", b"2")


def test_a_reload_cannot_change_the_size() -> None:
    zone = make()
    main = replace(MAIN, shared_memory=(1 << 17, b"zone"))
    warning = zone.configure(main, Templates(main, ()), 0)
    assert warning == "Cannot change memory area size without restart, ignoring change on zone: zone"
    assert isinstance(zone.do(Publish((b"a",), b"x" * (1 << 18), True), 0), Published)


def test_who_observes_hears_every_message_and_is_no_subscriber() -> None:
    zone = make()
    heard: list[Message] = []
    zone.observe(heard.append)
    subscribe(zone, b"a")
    publish(zone, b"a")
    publish(zone, b"b")
    zone.do(Delete((b"a",)), 0)
    assert [(message.channel, message.id) for message in heard] == [(b"a", 1), (b"b", 1), (b"a", DELETED_ID)]
    assert counts(zone, b"b") == [0]
    zone.observe(None)
    publish(zone, b"b")
    assert len(heard) == 3
