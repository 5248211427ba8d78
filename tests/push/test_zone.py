"""The zone's operations: counters, limits, who is told, and that it can be taken over."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.shared import ChannelInfo, ChannelRequest, Message, Refusal, Stay, Subscribed, Subscription, WorkerInfo
from ngxpush.push.templates import Templates
from ngxpush.push.zone import OPERATIONS, Zone

from .fakes import Ear

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))
TOO_MANY_CHANNELS = b"Number of channels were exceeded."


def make(main: PushStreamMain = MAIN, *templates: bytes, now: int = 0) -> Zone:
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in templates]
    return Zone(main, Templates(main, locations), now)


def publish(zone: Zone, *ids: bytes, text: bytes = b"m", store: bool = True, now: int = 0) -> tuple[ChannelInfo, ...]:
    infos = zone.publish(ids, text, store, None, None, now)
    assert not isinstance(infos, Refusal)
    return infos


def subscribe(zone: Zone, *ids: bytes, pid: int = 1, now: int = 0, **settings: Any) -> Subscribed | Refusal:
    return zone.subscribe(pid, Subscription(tuple([ChannelRequest(id) for id in ids]), **settings), now)


def counts(zone: Zone, *ids: bytes) -> list[int]:
    return [info.subscribers for info in zone.channels_info(ids, 0).infos]


# -- publishing


def test_ids_count_in_the_channel_and_tags_in_the_second() -> None:
    zone = make()
    ear = Ear(zone, 1)
    subscribe(zone, b"a", b"b")
    publish(zone, b"a", b"b", now=5)
    publish(zone, b"b", now=5)
    publish(zone, b"a", now=6)
    assert [(message.channel, message.id, message.time, message.tag) for message in ear.messages] == [
        (b"a", 1, 5, 1),
        (b"b", 1, 5, 2),
        (b"b", 2, 5, 3),
        (b"a", 2, 6, 1),
    ]


def test_a_message_is_run_through_every_template() -> None:
    zone = make(MAIN, b"~text~", b"<~channel~ ~id~>")
    ear = Ear(zone, 1)
    subscribe(zone, b"a")
    zone.publish((b"a",), b"m", False, b"7", b"news", 3)
    assert ear.messages == [Message(1, b"a", b"m", 3, 1, b"7", b"news", (b"m", b"<a 1>"))]


def test_the_answer_counts_messages_and_subscribers() -> None:
    zone = make()
    subscribe(zone, b"a")
    publish(zone, b"a")
    assert publish(zone, b"a", b"new", store=False) == (ChannelInfo(b"a", 2, 1, 1), ChannelInfo(b"new", 1, 0, 0))


def test_the_answer_is_from_before_anyone_was_told() -> None:
    zone = make()

    class Leaver(Ear):
        def message(self, message: Message) -> None:
            zone.unsubscribe(self.pid, (message.channel,), 0)

    Leaver(zone, 1)
    subscribe(zone, b"a")
    assert publish(zone, b"a") == (ChannelInfo(b"a", 1, 1, 1),)
    assert counts(zone, b"a") == [0]


def test_only_workers_with_subscribers_of_the_channel_are_told() -> None:
    zone = make()
    first, second = Ear(zone, 1), Ear(zone, 2)
    subscribe(zone, b"a", pid=1)
    subscribe(zone, b"b", pid=2)
    publish(zone, b"a")
    assert (len(first.messages), len(second.messages)) == (1, 0)


def test_totals() -> None:
    zone = make(replace(MAIN, wildcard_channel_prefix=b"bd_"), now=100)
    zone.attach(7, 130)
    publish(zone, b"a", b"bd_x", b"xbd_", now=140)
    publish(zone, b"a", store=False, now=140)
    subscribe(zone, b"a", b"bd_x", pid=7, now=140)
    summary = zone.summary(150)
    assert (summary.channels, summary.wildcard_channels) == (2, 1)
    assert (summary.published_messages, summary.stored_messages) == (4, 3)
    assert (summary.subscribers, summary.uptime) == (1, 50)
    assert summary.by_worker == (WorkerInfo(7, 1, 20),)


def test_limits_of_channels_are_apart_for_wildcards() -> None:
    zone = make(replace(MAIN, max_number_of_channels=1, max_number_of_wildcard_channels=1, wildcard_channel_prefix=b"bd_"))
    assert zone.create((b"a", b"bd_a"), 0) is None
    for id in (b"b", b"bd_b"):
        refusal = zone.create((id,), 0)
        assert refusal is not None and (refusal.status, refusal.explain) == (403, TOO_MANY_CHANNELS)
    zone.delete((b"a",), None, 0)
    assert zone.create((b"b",), 0) is None


def test_channels_before_a_refused_one_are_made() -> None:
    zone = make(replace(MAIN, max_number_of_channels=1))
    assert zone.create((b"a", b"b"), 0) is not None
    assert isinstance(subscribe(zone, b"a", b"c"), Refusal)
    assert [info.channel for info in zone.channels(b"", 0).infos] == [b"a"]
    assert counts(zone, b"a") == [0]


def test_without_memory_nothing_is_published() -> None:
    zone = make(PushStreamMain(shared_memory=(1 << 17, b"zone")))
    ear = Ear(zone, 1)
    subscribe(zone, b"a")
    refusal = zone.publish((b"a",), b"x" * (1 << 17), True, None, None, 0)
    assert isinstance(refusal, Refusal) and refusal.status == 500
    assert zone.channels_info((b"a",), 0).infos == (ChannelInfo(b"a", 0, 0, 1),)
    assert ear.messages == []


# -- subscribing


def test_subscribers_count_in_channels_and_once_in_the_worker() -> None:
    zone = make()
    subscribe(zone, b"a", b"b", b"a")
    subscribe(zone, b"a", pid=2)
    assert counts(zone, b"a", b"b") == [3, 1]
    assert zone.summary(0).subscribers == 2
    zone.unsubscribe(1, (b"a", b"b", b"a"), 0)
    assert counts(zone, b"a", b"b") == [1, 0]
    assert zone.summary(0).subscribers == 1


@pytest.mark.parametrize(
    ("stay", "stored", "staying"),
    [(Stay.NEVER, True, False), (Stay.NEVER, False, False), (Stay.UNLESS_MESSAGES, True, False),
     (Stay.UNLESS_MESSAGES, False, True), (Stay.ALWAYS, True, True)],
)  # fmt: skip
def test_who_stays(stay: Stay, stored: bool, staying: bool) -> None:
    zone = make()
    publish(zone, b"a", store=stored)
    answer = zone.subscribe(1, Subscription((ChannelRequest(b"a", 1),), stay=stay), 0)
    assert isinstance(answer, Subscribed)
    assert (answer.staying, len(answer.messages)) == (staying, stored)
    assert counts(zone, b"a") == [staying]
    assert zone.summary(0).subscribers == staying


def test_old_messages_come_channel_by_channel() -> None:
    zone = make()
    for id in (b"b", b"a", b"b", b"a"):
        publish(zone, id)
    requests = (ChannelRequest(b"a", 1), ChannelRequest(b"b", 9), ChannelRequest(b"c", 2))
    answer = zone.subscribe(1, Subscription(requests), 0)
    assert isinstance(answer, Subscribed)
    assert [(message.channel, message.id) for message in answer.messages] == [(b"a", 2), (b"b", 1), (b"b", 2)]


def test_a_refused_subscription_makes_no_channel() -> None:
    zone = make()
    assert isinstance(subscribe(zone, b"a", b"ALL"), Refusal)
    assert isinstance(subscribe(zone, b"a", authorized_channels_only=True), Refusal)
    assert zone.channels(b"", 0).infos == ()


def test_without_memory_nobody_is_counted() -> None:
    zone = make(PushStreamMain(shared_memory=(1 << 17, b"zone")))
    pid = 0
    while isinstance(answer := subscribe(zone, b"a", b"b", pid=pid), Subscribed):
        pid += 1
    assert answer.status == 500
    assert counts(zone, b"a", b"b") == [pid, pid]


# -- deleting


def test_deleting_tells_the_workers() -> None:
    zone = make(MAIN, b"~id~:~text~:~time~")
    ear = Ear(zone, 1)
    subscribe(zone, b"a", b"b", b"c")
    assert zone.delete((b"a", b"nope"), None, 50)
    assert zone.delete((b"b",), b"good bye", 50)
    epoch = b"Thu, 01 Jan 1970 00:00:00 GMT"
    assert ear.deletions == [
        Message(-2, b"a", b"Channel deleted", 0, 0, texts=(b"-2:Channel deleted:" + epoch,)),
        Message(-2, b"b", b"good bye", 0, 0, texts=(b"-2:good bye:" + epoch,)),
    ]
    assert not zone.delete((b"a", b"b"), None, 50)


def test_a_channel_made_after_its_deletion_is_a_new_one() -> None:
    zone = make()
    subscribe(zone, b"a")
    publish(zone, b"a", b"a")
    zone.delete((b"a",), None, 0)
    assert zone.channels_info((b"a",), 0).infos == ()
    assert publish(zone, b"a") == (ChannelInfo(b"a", 1, 1, 0),)
    zone.unsubscribe(1, (), 0)
    assert zone.summary(0).subscribers == 0


# -- workers


def test_a_dead_worker_is_forgotten_with_its_subscribers() -> None:
    zone = make()
    memory = zone.snapshot()["memory"]
    ear = Ear(zone, 1)
    subscribe(zone, b"a", pid=1)
    subscribe(zone, b"a", pid=2)
    zone.forget(1, 0)
    assert counts(zone, b"a") == [1]
    assert [worker.pid for worker in zone.summary(0).by_worker] == [2]
    zone.unsubscribe(1, (b"a",), 0)
    assert counts(zone, b"a") == [1]
    publish(zone, b"a")
    assert ear.messages == []
    zone.forget(2, 0)
    zone.delete((b"a",), None, 0)
    assert zone.snapshot()["memory"] != memory  # the channel is in the trash


# -- over time


def random_operations(seed: int, length: int) -> list[tuple[str, tuple[Any, ...]]]:
    choose = random.Random(seed)
    operations: list[tuple[str, tuple[Any, ...]]] = [("attach", (1, 0)), ("attach", (2, 0))]
    now = 0
    for _ in range(length):
        now += choose.choice((0, 0, 0, 1, 4))
        ids = tuple(choose.choices((b"a", b"b", b"bd_a", b"bd_b", b"c"), k=choose.choice((1, 1, 2))))
        requests = tuple([ChannelRequest(id, choose.choice((None, 2))) for id in ids])
        operations.append(
            choose.choice(
                (
                    ("create", (ids, now)),
                    ("publish", (ids, b"text", choose.random() < 0.7, choose.choice((None, b"id")), None, now)),
                    ("subscribe", (choose.choice((1, 2)), Subscription(requests, stay=choose.choice(list(Stay))), now)),
                    ("unsubscribe", (choose.choice((1, 2)), ids, now)),
                    ("delete", (ids, choose.choice((None, b"bye")), now)),
                    ("collect", (now,)),
                    ("collect_messages", (now,)),
                )
            )
        )
    return [*operations, ("forget", (2, now))]


BUSY = replace(
    MAIN,
    message_ttl=5,
    channel_inactivity_time=3,
    wildcard_channel_prefix=b"bd_",
    events_channel_id=b"ev",
    max_messages_stored_per_channel=3,
    max_number_of_channels=4,
)


@pytest.mark.parametrize("seed", range(5))
def test_a_journal_makes_the_same_zone_again(seed: int) -> None:
    operations = random_operations(seed, 300)
    assert {operation for operation, _ in operations} == OPERATIONS
    zone, again = make(BUSY, b"~text~"), make(BUSY, b"~text~")
    for operation, arguments in operations:
        result = zone.apply(operation, arguments)
        assert again.apply(operation, pickle.loads(pickle.dumps(arguments))) == result
    assert again.snapshot() == zone.snapshot()


@pytest.mark.parametrize("seed", range(5))
def test_a_snapshot_spares_the_beginning_of_the_journal(seed: int) -> None:
    operations = random_operations(seed, 300)
    zone = make(BUSY, b"~text~")
    for operation, arguments in operations[:150]:
        zone.apply(operation, arguments)
    again = make(BUSY, b"~text~")
    again.restore(pickle.loads(pickle.dumps(zone.snapshot())))
    for operation, arguments in operations[150:]:
        assert again.apply(operation, arguments) == zone.apply(operation, arguments)
    assert again.snapshot() == zone.snapshot()
    assert again.summary(0) == zone.summary(0)


def test_only_operations_can_be_applied() -> None:
    with pytest.raises(ValueError, match="configure"):
        make().apply("configure", ())


def test_a_reload_changes_limits_and_templates_but_not_what_was_published() -> None:
    zone = make(MAIN, b"old:~text~")
    ear = Ear(zone, 1)
    publish(zone, b"a", b"a", text=b"one")
    main = replace(MAIN, max_number_of_channels=1, max_messages_stored_per_channel=2)
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in (b"new:~text~", b"2")]
    assert zone.configure(main, Templates(main, locations), 0) is None
    assert isinstance(zone.create((b"b",), 0), Refusal)
    answer = zone.subscribe(1, Subscription((ChannelRequest(b"a", 9),)), 0)
    assert isinstance(answer, Subscribed)
    assert [message.texts for message in answer.messages] == [(b"old:one", b"2")] * 2
    assert publish(zone, b"a", text=b"two") == (ChannelInfo(b"a", 3, 2, 1),)
    assert ear.messages[0].texts == (b"new:two", b"2")


def test_a_reload_cannot_change_the_size() -> None:
    zone = make()
    main = replace(MAIN, shared_memory=(1 << 17, b"zone"))
    warning = zone.configure(main, Templates(main, ()), 0)
    assert warning == "Cannot change memory area size without restart, ignoring change on zone: zone"
    assert isinstance(zone.publish((b"a",), b"x" * (1 << 18), True, None, None, 0), tuple)
