"""What an explanation says of the zone: what it was asked, under a clock that stands still."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.explain.trace import Asked
from ngxpush.explain.zone import AskedZone, StandingClock, described
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.operations import (
    Attach,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Create,
    Delete,
    Publish,
    Subscribe,
    Subscribed,
    Summary,
    Unsubscribe,
)
from ngxpush.push.zone import Zone
from tests.push.fakes import run
from tests.push.zone_contract import MAIN, NOW, templates

SUBSCRIBE = Subscribe("w", (ChannelRequest(b"a", 3), ChannelRequest(b"b")))


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        (Create((b"a", b"b")), Asked("create", (b"a", b"b"))),
        (Publish((b"a",), b"m", True), Asked("publish and store", (b"a",))),
        (Publish((b"a",), b"m", False), Asked("publish", (b"a",))),
        (SUBSCRIBE, Asked("subscribe", (b"a", b"b"), (3, None))),
        (Delete((b"a",)), Asked("delete", (b"a",))),
        (ChannelsInfo((b"a",)), Asked("information", (b"a",))),
        (Channels(b"a"), Asked("information of all that begin with", (b"a",))),
        (Channels(), Asked("information of all", ())),
        (Summary(), Asked("summary", ())),
    ],
)
def test_what_is_asked_has_a_name(operation: Any, asked: Asked) -> None:
    assert described(operation) == asked


def test_what_is_asked_is_noted_and_done() -> None:
    clock, notes = StandingClock(NOW), list[Asked]()
    local = LocalZone(Zone(MAIN, templates(MAIN), NOW), clock)
    local.do_at_once(Attach("w", 1))
    zone = AskedZone(local, notes.append)
    assert run(zone.do(SUBSCRIBE)) == Subscribed()
    zone.post(Unsubscribe("w", (b"a", b"b")))
    assert run(zone.do(Summary())).subscribers == 0
    assert zone.subscriptions == [SUBSCRIBE]
    assert notes == [described(SUBSCRIBE), described(Summary())]


def test_the_clock_moves_from_call_to_call() -> None:
    clock, called = StandingClock(10.0), list[float]()
    clock.call_later(2, lambda: called.append(clock.now()))
    clock.call_later(1, lambda: called.append(clock.now()))
    clock.call_later(3, lambda: called.append(0.0)).cancel()
    assert [clock.advance(), clock.advance(), clock.advance()] == [True, True, False]
    assert called == [11.0, 12.0]
