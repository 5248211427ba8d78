"""What any zone must do, wherever it lives: in the worker, rebuilt from its journal, in another process, in another engine.

A test of an implementation derives from `ZoneContract` and says how to open one. The contract uses nothing but the language of
the zone (push/operations.py) and what its workers hear. Settings the module knows are tested where the zone is (test_zone.py).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Protocol, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.lifetimes import SLICE
from ngxpush.push.messages import Message
from ngxpush.push.operations import (
    Change,
    ChannelInfo,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Create,
    Delete,
    Forget,
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
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import START
from .zone_changes import BUSY, changes

R = TypeVar("R")
NOW = int(START)
MAIN = PushStreamMain(shared_memory=(1 << 20, b"zone"))


def templates(main: PushStreamMain, *texts: bytes) -> Templates:
    """The templates of a configuration with a subscriber location for each text."""
    return Templates(main, [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in texts])


class Hearer:
    """A worker that writes down what it hears: messages by number, text and template, deletions by channel and text."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.deletions: list[Message] = []

    def message(self, message: Message) -> None:
        self.messages.append(message)

    def deleted(self, message: Message) -> None:
        self.deletions.append(message)

    @property
    def heard(self) -> list[tuple[bytes, int, bytes]]:
        return [(message.channel, message.id, message.text) for message in self.messages]


class OpenedZone(Protocol):
    """A zone under test, with a clock that stands still (fakes.START) until it is put forward."""

    def worker(self, name: str, pid: int = 1) -> Hearer:
        """A worker of that name starts and uses the zone."""

    def do(self, operation: ZoneOperation[R]) -> R:
        """Have an operation done; what it made workers hear they have heard when this returns."""

    def post(self, operation: ZoneOperation[Any]) -> None:
        """Have it done without waiting."""

    def forward(self, seconds: float) -> None:
        """Let time pass."""

    def close(self) -> None: ...


def subscribe(zone: OpenedZone, worker: str, *ids: bytes, **settings: Any) -> Subscribed | Refusal:
    return zone.do(Subscribe(worker, tuple([ChannelRequest(id) for id in ids]), **settings))


def texts(result: Subscribed | Refusal) -> list[bytes]:
    assert isinstance(result, Subscribed)
    return [message.text for message in result.messages]


class ZoneContract:
    """The tests. They are the same for all."""

    @abstractmethod
    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        """An empty zone."""

    @pytest.fixture
    def zone(self) -> Any:
        with_template = self.open(MAIN, templates(MAIN, b"~text~", b"<~id~ ~channel~>"))
        yield with_template
        with_template.close()

    # publishing

    def test_ids_count_in_the_channel_and_tags_in_the_second(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        subscribe(zone, "w1", b"a", b"b")
        zone.do(Publish((b"a", b"b"), b"1", True))
        zone.do(Publish((b"b",), b"2", True))
        zone.forward(1)
        zone.do(Publish((b"a",), b"3", False, b"7", b"news"))
        assert hearer.messages == [
            Message(1, b"a", b"1", NOW, 1, texts=(None, b"<1 a>")),
            Message(1, b"b", b"1", NOW, 2, texts=(None, b"<1 b>")),
            Message(2, b"b", b"2", NOW, 3, texts=(None, b"<2 b>")),
            Message(2, b"a", b"3", NOW + 1, 1, b"7", b"news", (None, b"<2 a>")),
        ]

    def test_the_result_counts_messages_and_subscribers(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        subscribe(zone, "w1", b"a")
        zone.do(Publish((b"a",), b"1", True))
        published = zone.do(Publish((b"a", b"new"), b"2", False))
        assert published == Published((ChannelInfo(b"a", 2, 1, 1), ChannelInfo(b"new", 1, 0, 0)))

    def test_only_workers_with_subscribers_of_the_channel_hear_of_it(self, zone: OpenedZone) -> None:
        first, second = zone.worker("w1"), zone.worker("w2")
        subscribe(zone, "w1", b"a")
        subscribe(zone, "w2", b"b")
        zone.do(Publish((b"a",), b"m", True))
        assert (first.heard, second.heard) == ([(b"a", 1, b"m")], [])

    def test_long_and_odd_texts_arrive_as_they_are(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        id, text = b"\x00\xff/.b*", bytes(range(256)) * 300
        subscribe(zone, "w1", b"b")
        zone.do(Publish((b"b", id), text, True))
        assert hearer.messages[0].text == text
        assert zone.do(ChannelsInfo((id,))).infos == (ChannelInfo(id, 1, 1, 0),)

    # subscribing

    def test_a_subscriber_begins_with_old_messages_and_goes_on_with_new_ones(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        for text in (b"1", b"2", b"3"):
            zone.do(Publish((b"a",), text, True))
        assert texts(zone.do(Subscribe("w1", (ChannelRequest(b"a", 2),)))) == [b"2", b"3"]
        zone.do(Publish((b"a",), b"4", True))
        assert hearer.heard == [(b"a", 4, b"4")]

    def test_a_subscriber_goes_on_after_a_time_and_tag_or_an_event_id(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        for number in range(3):
            zone.do(Publish((b"a",), b"%d" % number, True, b"e%d" % number))
        assert texts(subscribe(zone, "w1", b"a", resume=Resume(NOW, 1))) == [b"1", b"2"]
        assert texts(subscribe(zone, "w1", b"a", resume=Resume(event_id=b"e1"))) == [b"2"]

    def test_the_time_and_tag_are_those_of_the_last_message_stored_or_not(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        for id, store in ((b"a", True), (b"a", False), (b"b", True)):
            zone.do(Publish((id,), b"m", store))
        result = zone.do(Subscribe("w1", (ChannelRequest(b"a", 1), ChannelRequest(b"b"))))
        assert isinstance(result, Subscribed) and (result.time, result.tag) == (NOW, 2)

    @pytest.mark.parametrize(
        ("stay", "stored", "staying"),
        [(Stay.NEVER, True, False), (Stay.NEVER, False, False), (Stay.UNLESS_MESSAGES, True, False),
         (Stay.UNLESS_MESSAGES, False, True), (Stay.ALWAYS, True, True)],
    )  # fmt: skip
    def test_who_stays(self, zone: OpenedZone, stay: Stay, stored: bool, staying: bool) -> None:
        zone.worker("w1")
        zone.do(Publish((b"a",), b"m", stored))
        result = zone.do(Subscribe("w1", (ChannelRequest(b"a", 1),), stay=stay))
        assert isinstance(result, Subscribed)
        assert (result.staying, len(result.messages)) == (staying, stored)
        assert zone.do(Summary()).subscribers == staying

    def test_subscribers_count_in_channels_and_once_in_the_worker(self, zone: OpenedZone) -> None:
        zone.worker("w1", 11)
        zone.worker("w2", 12)
        subscribe(zone, "w1", b"a", b"b", b"a")
        subscribe(zone, "w2", b"a")
        zone.forward(2)
        assert [info.subscribers for info in zone.do(ChannelsInfo((b"a", b"b"))).infos] == [3, 1]
        assert zone.do(Summary()).by_worker == (WorkerInfo("w1", 11, 1, 2), WorkerInfo("w2", 12, 1, 2))
        zone.post(Unsubscribe("w1", (b"a", b"b", b"a")))
        assert [info.subscribers for info in zone.do(ChannelsInfo((b"a", b"b"))).infos] == [1, 0]
        assert zone.do(Summary()).subscribers == 1

    def test_who_left_hears_no_more(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        subscribe(zone, "w1", b"a")
        zone.post(Unsubscribe("w1", (b"a",)))
        zone.do(Publish((b"a",), b"m", True))
        assert hearer.heard == []

    def test_a_worker_the_zone_does_not_know_has_no_subscribers(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        zone.post(Forget("w1"))
        result = zone.do(Subscribe("w1", (ChannelRequest(b"a"),)))
        assert isinstance(result, Refusal) and result.status == 500
        assert zone.do(Channels()).infos == (ChannelInfo(b"a", 0, 0, 0),)
        assert zone.do(Subscribe("w1", (ChannelRequest(b"a"),), stay=Stay.NEVER)) == Subscribed(staying=False)

    # deleting and forgetting

    def test_a_deletion_reaches_the_subscribers(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        subscribe(zone, "w1", b"a", b"b", b"c")
        assert zone.do(Delete((b"a", b"nope"))) is True
        assert zone.do(Delete((b"b",), b"good bye")) is True
        assert zone.do(Delete((b"a", b"b"))) is False
        assert hearer.deletions == [
            Message(-2, b"a", b"Channel deleted", 0, 0, texts=(None, b"<-2 a>")),
            Message(-2, b"b", b"good bye", 0, 0, texts=(None, b"<-2 b>")),
        ]
        assert [info.channel for info in zone.do(Channels()).infos] == [b"c"]

    def test_a_channel_made_after_its_deletion_is_a_new_one(self, zone: OpenedZone) -> None:
        hearer = zone.worker("w1")
        subscribe(zone, "w1", b"a")
        zone.do(Publish((b"a",), b"1", True))
        zone.do(Delete((b"a",)))
        assert zone.do(Publish((b"a",), b"2", True)) == Published((ChannelInfo(b"a", 1, 1, 0),))
        assert hearer.heard == [(b"a", 1, b"1")]

    def test_a_dead_worker_is_forgotten_with_its_subscribers(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        hearer = zone.worker("w2")
        subscribe(zone, "w1", b"a")
        subscribe(zone, "w2", b"a")
        zone.post(Forget("w1"))
        assert [worker.name for worker in zone.do(Summary()).by_worker] == ["w2"]
        assert zone.do(Publish((b"a",), b"m", True)) == Published((ChannelInfo(b"a", 1, 1, 1),))
        assert hearer.heard == [(b"a", 1, b"m")]

    def test_a_dead_worker_is_forgotten_in_any_number_of_channels(self, zone: OpenedZone) -> None:
        zone.worker("w1")
        ids = tuple([b"c%04d" % number for number in range(5 * SLICE // 2)])
        subscribe(zone, "w1", *ids)
        zone.post(Forget("w1"))
        assert zone.do(Summary()).by_worker == ()
        zone.forward(1)
        assert {info.subscribers for info in zone.do(ChannelsInfo(ids)).infos} == {0}

    # limits and lifetimes

    def test_channels_before_a_refused_one_are_made(self) -> None:
        main = replace(MAIN, max_number_of_channels=2)
        zone = self.open(main, templates(main))
        zone.worker("w1")
        refusal = zone.do(Create((b"a", b"b", b"c")))
        assert isinstance(refusal, Refusal)
        assert (refusal.status, refusal.explain) == (403, b"Number of channels were exceeded.")
        assert isinstance(zone.do(Publish((b"a", b"d"), b"m", True)), Refusal)
        assert zone.do(Create((b"a", b"b"))) is None
        assert zone.do(Channels()).infos == (ChannelInfo(b"a", 1, 1, 0), ChannelInfo(b"b", 0, 0, 0))
        zone.close()

    def test_a_channel_keeps_no_more_messages_than_it_may(self) -> None:
        main = replace(MAIN, max_messages_stored_per_channel=2)
        zone = self.open(main, templates(main))
        zone.worker("w1")
        for text in (b"1", b"2", b"3"):
            zone.do(Publish((b"a",), text, True))
        assert texts(zone.do(Subscribe("w1", (ChannelRequest(b"a", 9),), stay=Stay.NEVER))) == [b"2", b"3"]
        zone.close()

    def test_what_does_not_fit_into_the_memory_is_refused(self) -> None:
        main = replace(MAIN, shared_memory=(1 << 17, b"zone"))
        zone = self.open(main, templates(main))
        zone.worker("w1")
        refusal = zone.do(Publish((b"a",), b"x" * (1 << 17), True))
        assert isinstance(refusal, Refusal) and refusal.status == 500
        assert zone.do(ChannelsInfo((b"a",))).infos == (ChannelInfo(b"a", 0, 0, 0),)
        zone.close()

    def test_messages_and_idle_channels_end(self) -> None:
        main = replace(MAIN, message_ttl=2, channel_inactivity_time=8)
        zone = self.open(main, templates(main))
        zone.worker("w1")
        subscribe(zone, "w1", b"watched")
        zone.do(Publish((b"a", b"watched"), b"m", True))
        assert zone.do(Summary()).stored_messages == 2
        zone.forward(7)
        assert (zone.do(Summary()).stored_messages, zone.do(Summary()).channels) == (0, 2)
        zone.forward(10)
        assert [info.channel for info in zone.do(Channels()).infos] == [b"watched"]
        zone.close()

    def test_events_are_messages_of_their_channel(self) -> None:
        main = replace(MAIN, events_channel_id=b"ev")
        zone = self.open(main, templates(main))
        hearer = zone.worker("w1")
        subscribe(zone, "w1", b"ev", allow_connections_to_events_channel=True)
        subscribe(zone, "w1", b"a")
        zone.do(Delete((b"a",)))
        zone.forward(5)
        zone.do(Summary())
        events = [message.event_type for message in hearer.messages]
        assert events == [b"channel_created", b"client_subscribed", b"client_unsubscribed", b"channel_destroyed"]
        zone.close()

    # statistics

    def test_channels_come_in_the_order_that_was_asked_for_or_the_oldest_first(self, zone: OpenedZone) -> None:
        zone.do(Create((b"b1", b"a", b"b0")))
        assert [info.channel for info in zone.do(ChannelsInfo((b"b0", b"nope", b"a", b"b0"))).infos] == [b"b0", b"a", b"b0"]
        assert [info.channel for info in zone.do(Channels(b"b")).infos] == [b"b1", b"b0"]
        assert [info.channel for info in zone.do(Channels()).infos] == [b"b1", b"a", b"b0"]

    def test_to_look_at_channels_shows_what_they_store_and_makes_none(self, zone: OpenedZone) -> None:
        for text, store in ((b"1", True), (b"2", True), (b"3", True), (b"4", False)):
            zone.do(Publish((b"a",), text, store))
        zone.do(Create((b"new",)))
        looked_at = zone.do(Inspect((b"a", b"nope", b"new"), 2)).states
        assert [(state.info, state.time, state.tag) for state in looked_at] == [
            (ChannelInfo(b"a", 4, 3, 0), NOW, 4),
            (ChannelInfo(b"new", 0, 0, 0), 0, 0),
        ]
        assert [message.text for message in looked_at[0].messages] == [b"2", b"3"]
        assert zone.do(Inspect((b"a",))).states[0].messages == ()
        assert zone.do(Summary()).channels == 2

    def test_to_look_shows_fewer_messages_where_they_are_large(self) -> None:
        main = replace(MAIN, shared_memory=(1 << 28, b"zone"))
        zone = self.open(main, templates(main))
        for _ in range(3):
            zone.do(Publish((b"a",), b"x" * 900_000, store=True))
        assert [message.id for message in zone.do(Inspect((b"a",), 100)).states[0].messages] == [2, 3]
        zone.do(Publish((b"a",), b"x" * 3_000_000, store=True))
        assert [message.id for message in zone.do(Inspect((b"a",), 100)).states[0].messages] == [4]
        zone.close()

    def test_totals(self) -> None:
        main = replace(MAIN, wildcard_channel_prefix=b"bd_")
        zone = self.open(main, templates(main))
        zone.forward(3)
        zone.do(Publish((b"a", b"bd_x", b"xbd_"), b"m", True))
        zone.do(Publish((b"a",), b"m", False))
        zone.do(Delete((b"xbd_",)))
        totals, listing = zone.do(Summary()), zone.do(Channels())
        assert (totals.channels, totals.wildcard_channels, totals.uptime) == (1, 1, 3)
        assert (listing.channels, listing.wildcard_channels, listing.uptime) == (1, 1, 3)
        assert (totals.published_messages, totals.stored_messages) == (4, 3)
        assert (totals.messages_in_trash, totals.channels_in_delete, totals.channels_in_trash) == (1, 1, 0)
        zone.close()

    # any sequence of operations

    @settings(max_examples=20, suppress_health_check=[HealthCheck.differing_executors])
    @given(changes)
    def test_any_sequence_has_the_results_of_a_zone_in_memory(self, sequence: list[tuple[int, Change]]) -> None:
        zone = self.open(BUSY, templates(BUSY, b"~text~", b"<~text~>"))
        model = Zone(BUSY, templates(BUSY, b"~text~", b"<~text~>"), NOW)
        for _, operation in sequence:
            asked: ZoneOperation[Any] = operation
            assert zone.do(asked) == model.do(asked, NOW)
        assert zone.do(Summary()) == model.do(Summary(), NOW)
        assert zone.do(Channels()) == model.do(Channels(), NOW)
        zone.close()
