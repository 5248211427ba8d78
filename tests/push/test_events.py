"""What the events channel reports, and how it differs from other channels."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.events import event_text
from ngxpush.push.operations import (
    Attach,
    ChannelRequest,
    Channels,
    Collect,
    Create,
    Delete,
    Publish,
    Refusal,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
)
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import Ear

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"), events_channel_id=b"ev", message_ttl=3, channel_inactivity_time=1)
ALL_EVENTS = Subscribe("w1", (ChannelRequest(b"ev", 99),), stay=Stay.NEVER, allow_connections_to_events_channel=True)


@pytest.fixture
def zone() -> Zone:
    zone = Zone(MAIN, Templates(MAIN, ()), 0)
    zone.do(Attach("w1", 1), 0)
    return zone


def subscription(*ids: bytes, stay: Stay = Stay.ALWAYS) -> Subscribe:
    return Subscribe("w1", tuple([ChannelRequest(id) for id in ids]), stay=stay, allow_connections_to_events_channel=True)


def events(zone: Zone) -> list[tuple[bytes, bytes]]:
    """Type and text of the stored events."""
    old = zone.do(ALL_EVENTS, 0)
    assert isinstance(old, Subscribed)
    return [(message.event_type or b"", message.text) for message in old.messages]


def event(type: bytes, channel: bytes) -> tuple[bytes, bytes]:
    return type, event_text(type, channel)


def test_text() -> None:
    assert event_text(b"channel_created", b'"odd" id') == b'{"type": "channel_created", "channel": ""odd" id"}'


def test_the_life_of_a_channel(zone: Zone) -> None:
    zone.do(subscription(b"a", b"b"), 0)
    zone.do(Publish((b"a",), b"m", True), 0)
    zone.do(Unsubscribe("w1", (b"a", b"b")), 0)
    zone.do(Delete((b"a",)), 0)
    zone.do(Collect(), 0)
    assert events(zone) == [
        event(b"channel_created", b"a"),
        event(b"channel_created", b"b"),
        event(b"client_subscribed", b"a"),
        event(b"client_subscribed", b"b"),
        event(b"client_unsubscribed", b"a"),
        event(b"client_unsubscribed", b"b"),
        event(b"channel_destroyed", b"a"),
    ]


def test_those_subscribed_to_a_deleted_channel_leave_it_at_once(zone: Zone) -> None:
    zone.do(subscription(b"a", b"a"), 0)
    zone.do(subscription(b"a"), 0)
    before = len(events(zone))
    zone.do(Delete((b"a",)), 0)
    assert events(zone)[before:] == [event(b"client_unsubscribed", b"a")] * 3
    zone.do(Collect(), 2)
    assert events(zone)[-1] == event(b"channel_destroyed", b"a")


def test_polling_is_no_subscription(zone: Zone) -> None:
    zone.do(subscription(b"a", stay=Stay.NEVER), 0)
    zone.do(subscription(b"a", stay=Stay.NEVER), 0)
    assert events(zone) == [event(b"channel_created", b"a")]


def test_idle_channels_are_destroyed_in_the_order_in_which_they_were_made(zone: Zone) -> None:
    zone.do(Create((b"a", b"b", b"c")), 0)
    zone.do(Publish((b"a",), b"m", False), 3)
    zone.do(Collect(), 40)
    assert events(zone)[-3:] == [event(b"channel_destroyed", id) for id in (b"a", b"b", b"c")]


def test_an_idle_channel_is_reported_destroyed_but_not_the_events_channel(zone: Zone) -> None:
    zone.do(Create((b"a",)), 0)
    zone.do(Collect(), 4)
    zone.do(Collect(), 60)
    zone.do(Create((b"b",)), 60)
    assert events(zone) == [event(b"channel_created", b"b")]
    assert [(info.channel, info.published_messages) for info in zone.do(Channels(), 60).infos] == [(b"ev", 3), (b"b", 0)]


def test_the_clients_of_the_events_channel_make_no_events(zone: Zone) -> None:
    zone.do(subscription(b"ev"), 0)
    zone.do(Unsubscribe("w1", (b"ev",)), 0)
    assert events(zone) == []


def test_a_subscriber_hears_of_its_own_coming_where_the_events_channel_stands_first(zone: Zone) -> None:
    zone.do(Publish((b"a",), b"old", True, b"1"), 0)
    channels = (ChannelRequest(b"ev"), ChannelRequest(b"a", 1))
    first = zone.do(Subscribe("w1", channels, allow_connections_to_events_channel=True), 0)
    last = zone.do(subscription(b"a", b"ev"), 0)
    assert isinstance(first, Subscribed) and isinstance(last, Subscribed)
    assert [message.text for message in first.messages] == [b"old", event_text(b"client_subscribed", b"a")]
    assert last.messages == ()


def test_events_reach_the_workers_that_listen(zone: Zone) -> None:
    ear = Ear(zone, "w1")
    zone.do(subscription(b"ev"), 0)
    zone.do(Create((b"a",)), 0)
    assert [message.text for message in ear.messages] == [event_text(b"channel_created", b"a")]


def test_events_are_not_in_the_totals_until_they_end(zone: Zone) -> None:
    zone.do(Publish((b"a",), b"1", True), 0)
    zone.do(Publish((b"a",), b"2", True), 2)
    assert (zone.do(Summary(), 2).published_messages, zone.do(Summary(), 2).stored_messages) == (2, 2)
    zone.do(Collect(), 4)  # message 1 and its channel_created end
    assert (zone.do(Summary(), 4).stored_messages, zone.do(Summary(), 4).messages_in_trash) == (0, 2)
    zone.do(Collect(), 8)
    assert zone.do(Summary(), 8).stored_messages == 0


def test_the_events_channel_is_there_from_the_start_and_takes_a_place() -> None:
    main = PushStreamMain(shared_memory=(1 << 25, b"zone"), events_channel_id=b"ev", max_number_of_channels=1)
    zone = Zone(main, Templates(main, ()), 0)
    assert isinstance(zone.do(Create((b"a",)), 0), Refusal)
    assert [info.channel for info in zone.do(Channels(), 0).infos] == [b"ev"]


def test_a_reload_may_bring_an_events_channel() -> None:
    before = PushStreamMain(shared_memory=(1 << 25, b"zone"))
    zone = Zone(before, Templates(before, ()), 0)
    zone.do(Attach("w1", 1), 0)
    zone.do(Create((b"a",)), 0)
    zone.configure(MAIN, Templates(MAIN, ()), 1)
    zone.do(Create((b"b",)), 1)
    assert events(zone) == [event(b"channel_created", b"b")]
