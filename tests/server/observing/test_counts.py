"""Numbers of requests."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import SubscriberMode
from ngxpush.push.observing import End
from ngxpush.server.observing.counts import BOUNDS, Counts, Durations
from ngxpush.server.observing.events import RequestEnded

from .observers import BEGAN, ENDED, FRAME, PUBLISHED, UNSUBSCRIBED

EVENTSOURCE = SubscriberMode.EVENTSOURCE


def test_requests_by_role_and_status() -> None:
    counts = Counts()
    for event in (ENDED, PUBLISHED, PUBLISHED, replace(ENDED, status=404)):
        counts.request_ended(event)
    assert counts.requests == {("other", 200): 1, ("publisher", 200): 2, ("other", 404): 1}
    assert (counts.sent_bytes, counts.published_bytes) == (4 * 300, 2 * 5)
    assert (counts.durations["publisher"].sum, sum(counts.durations["other"].counts)) == (1.0, 2)


def test_subscribers_come_and_go() -> None:
    counts = Counts()
    counts.subscriber_began(BEGAN)
    counts.subscriber_began(BEGAN)
    counts.request_ended(replace(UNSUBSCRIBED, end=End.DELETED))
    assert counts.subscribers == {EVENTSOURCE: 1}
    assert counts.ends == {(EVENTSOURCE, "its channels were deleted"): 1}


def test_text_counts_for_each_channel() -> None:
    counts = Counts()
    counts.request_ended(replace(PUBLISHED, channels=(b"a", b"b")))
    counts.frame_published(FRAME)
    assert counts.published_bytes == 11


@pytest.mark.parametrize(
    ("event", "refusals"),
    [
        (
            replace(PUBLISHED, status=403, explanation=b"Channel id not authorized."),
            {("publisher", "Channel id not authorized."): 1},
        ),
        (replace(ENDED, status=403), {("other", "Forbidden"): 1}),
        (replace(ENDED, status=403, explanation=b"of an upstream, any text"), {("other", "Forbidden"): 1}),
        (replace(ENDED, status=494), {("other", "status 494"): 1}),
        (replace(ENDED, status=499), {}),
        (replace(PUBLISHED, explanation=b"Channel deleted."), {}),
        (replace(UNSUBSCRIBED, status=408), {}),
    ],
)
def test_refusals(event: RequestEnded, refusals: dict[tuple[str, str], int]) -> None:
    counts = Counts()
    counts.request_ended(event)
    assert counts.refusals == refusals


def test_durations() -> None:
    durations = Durations()
    for seconds in (0, BOUNDS[0], BOUNDS[0] + 0.0001, BOUNDS[-1], BOUNDS[-1] + 1):
        durations.add(seconds)
    assert (durations.counts[0], durations.counts[1], durations.counts[-2:]) == (2, 1, [1, 1])


def test_reasons_have_a_bound() -> None:
    """`add_header X-Nginx-PushStream-Explain $arg_anything` makes any number of them."""
    counts = Counts()
    for number in range(300):
        counts.request_ended(replace(PUBLISHED, status=403, explanation=b"%d" % number))
    assert len(counts.refusals) == 101
    assert counts.refusals["publisher", "Forbidden"] == 200
