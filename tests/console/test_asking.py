"""What the console asks the worker."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.console.asking import SHOWN_CHANNELS, SHOWN_MESSAGES, Asking
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import Create, ZoneLost
from ngxpush.push.subscribers import subscribe
from ngxpush.push.worker import PushWorker
from ngxpush.server.zone.remote import ZoneFailed
from tests.push.fakes import FakeQuestion, main_settings, path, publish, run, worker


class _OneBehind:
    def unsent(self) -> dict[int, int]:
        return {1: 70_000}


def _asking(push: PushWorker) -> Asking:
    assert isinstance(push.zone, LocalZone)
    clients: Any = _OneBehind()
    return Asking(push, clients)


def _subscribe(push: PushWorker, mode: SubscriberMode, channel: bytes) -> None:
    settings = PushStreamLocation(subscriber=mode, channels_path=path(channel))
    headers = {b"upgrade": b"w", b"connection": b"u", b"sec-websocket-key": b"k", b"sec-websocket-version": b"13"}
    run(subscribe(FakeQuestion(headers=headers if mode is SubscriberMode.WEBSOCKET else {}), settings, push))


def test_subscribers_by_mode() -> None:
    modes = [mode for mode in SubscriberMode if mode is not SubscriberMode.POLLING]
    here = worker(*(PushStreamLocation(subscriber=mode) for mode in modes))
    for mode in (*modes, SubscriberMode.STREAMING):
        _subscribe(here, mode, b"a")
    _subscribe(here, SubscriberMode.STREAMING, b"b")
    view = run(_asking(here).channel(b"a"))
    assert view.modes == {"streaming": 2, "eventsource": 1, "websocket": 1, "long-polling": 1}
    assert sorted(mode for mode, _ in view.clients) == ["eventsource", "long-polling", "streaming", "streaming", "websocket"]
    assert {client.user_agent for _, client in view.clients} == {b"tests"}
    assert view.unsent == {1: 70_000}


def test_a_channel_has_its_newest_messages() -> None:
    here = worker()
    for number in range(SHOWN_MESSAGES + 5):
        publish(here, b"a", b"%d" % number)
    publish(here, b"a", b"not stored", store=False)
    state = run(_asking(here).channel(b"a")).state
    assert state is not None
    assert (state.info.published_messages, state.info.stored_messages) == (SHOWN_MESSAGES + 6, SHOWN_MESSAGES + 5)
    assert [message.text for message in state.messages] == [b"%d" % number for number in range(5, SHOWN_MESSAGES + 5)]
    assert (state.time, state.tag) == (int(here.clock.now()), SHOWN_MESSAGES + 6)


def test_the_last_message_comes_first() -> None:
    """Also of those of one second."""
    here = worker()
    for channel in (b"b", b"a", b"c", b"a"):
        publish(here, channel, b"x")
    overview = asyncio.run(_asking(here).overview(b"", "last"))
    assert [state.info.channel for state, _ in overview.states] == [b"a", b"c", b"b"]


def test_to_look_makes_no_channel() -> None:
    asking = _asking(worker())
    assert run(asking.channel(b"a")).state is None
    assert run(asking.health()).channels == 0


def test_the_first_of_many_channels() -> None:
    """They come in slices, and in their order over all slices."""
    here = worker()
    asking = _asking(here)
    run(here.zone.do(Create(tuple([b"c%04d" % number for number in range(2500)]))))
    publish(here, b"c2400", b"x")
    publish(here, b"c2400", b"x", store=False)
    overview = asyncio.run(asking.overview(b"", "published"))
    assert (overview.fitting, len(overview.states)) == (2500, SHOWN_CHANNELS)
    ids = [state.info.channel for state, _ in overview.states]
    assert ids[:3] == [b"c2400", b"c0000", b"c0001"]
    overview = asyncio.run(asking.overview(b"24", "id"))
    assert overview.fitting == len([number for number in range(2500) if "24" in f"{number:04d}"])
    assert overview.states[0][0].info.channel == b"c0024"


def test_the_largest_channels() -> None:
    here = worker()
    run(here.zone.do(Create(tuple([b"c%04d" % number for number in range(1500)]))))
    for _ in range(3):
        publish(here, b"c1499", b"x")
    _subscribe(here, SubscriberMode.STREAMING, b"c0700")
    assert asyncio.run(_asking(here).largest()) == (1, 3)


def test_health() -> None:
    here = worker()
    asking = _asking(here)
    before = run(asking.health())
    publish(here, b"a", b"x" * 100_000)
    publish(here, b"a", b"x", store=False)
    health = run(asking.health())
    totals = health.totals
    assert (health.channels, len(totals.by_worker), totals.stored_messages, totals.published_messages) == (1, 1, 1, 2)
    assert before.memory.used + 100_000 <= health.memory.used < health.memory.size <= 1 << 25


class _FailingZone:
    waits = False

    async def do(self, operation: Any) -> Any:
        raise ZoneFailed("the function failed")


def test_a_zone_that_fails_counts_as_one_that_is_away() -> None:
    here = worker()
    asking = _asking(here)
    before = run(asking.health())
    zone: Any = _FailingZone()
    here.zone = zone
    assert run(asking.health()) == replace(before, away="the function failed")
    with pytest.raises(ZoneLost, match="the function failed"):
        run(asking.channel(b"a"))


def test_publish() -> None:
    asking = _asking(worker())
    assert run(asking.publish(b"a", b"x", True, b"e", b"t")) == 1
    assert run(asking.publish(b"a", b"y", False, None, None)) == 2
    state = run(asking.channel(b"a")).state
    assert state is not None
    assert [(message.text, message.event_id, message.event_type) for message in state.messages] == [(b"x", b"e", b"t")]


@pytest.mark.parametrize(
    ("id", "text", "refused"),
    [
        (b"", b"x", "No channel id provided."),
        (b"a/b", b"x", "An id has no slash."),
        (b"ALL", b"x", "Channel id not authorized for this method."),
        (b"a*", b"x", "Channel id not authorized for this method."),
        (b"long name", b"x", "Channel id is too large."),
        (b"events", b"x", "Only internal routines can change events channel."),
        (b"third", b"x", "Number of channels were exceeded."),
        (b"a", b"", "Empty messages are not allowed."),
    ],
)
def test_publish_refuses_what_a_publisher_location_refuses(id: bytes, text: bytes, refused: str) -> None:
    asking = _asking(worker(main=main_settings(max_channel_id_length=8, events_channel_id=b"events", max_number_of_channels=2)))
    assert run(asking.publish(b"first", b"x", True, None, None)) == 1
    assert run(asking.publish(id, text, True, None, None)) == refused


def test_delete() -> None:
    here = worker(main=main_settings(events_channel_id=b"events"))
    asking = _asking(here)
    publish(here, b"a", b"x")
    assert run(asking.delete(b"a")) == ""
    assert run(asking.channel(b"a")).state is None
    assert run(asking.delete(b"a")) == "There is no such channel."
    assert run(asking.delete(b"events")) == "Only internal routines can change events channel."
