"""What became of a worker's requests, in numbers: what the metrics show."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from http import HTTPStatus

from msgspec import Struct, field

from ...config.directives.push_stream.settings import SubscriberMode
from .events import FramePublished, RequestEnded, SubscriberBegan
from .words import ending

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0)
"""The upper bounds of durations, in seconds: a publish takes less than the first ones, a subscriber stays for hours."""

OTHER = "other"
"""The role of a request that is not for push."""

_CLIENT_LEFT = 499
# Of refusals that are told apart. Push has some twenty reasons; a configuration may put more into the header that has them.
_MOST_REASONS = 100


class Durations(Struct, eq=False):
    """How long requests took.

    counts: for each of BOUNDS, how many took no longer, but longer than the bound before; then how many took longer than all.
    """

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    sum: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds


class Counts:
    """An observer that counts.

    requests: by role and status.  refusals: by role and reason.  durations: by role.  subscribers: those who listen now, by mode.
    ends: of subscriptions, by mode and reason.  published_bytes: of messages.  sent_bytes: of answers that have ended.
    most_sent: the largest sum of these and those that are open that was shown.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.durations: dict[str, Durations] = {}
        self.subscribers: Counter[SubscriberMode] = Counter()
        self.ends: Counter[tuple[SubscriberMode, str]] = Counter()
        self.published_bytes = self.sent_bytes = self.most_sent = 0

    def subscriber_began(self, event: SubscriberBegan) -> None:
        self.subscribers[event.mode] += 1

    def frame_published(self, event: FramePublished) -> None:
        self.published_bytes += event.size * len(event.channels)

    def request_ended(self, event: RequestEnded) -> None:
        role = OTHER if event.role is None else event.role.name
        self.requests[role, event.status] += 1
        durations = self.durations.get(role)
        if durations is None:
            durations = self.durations[role] = Durations()
        durations.add(event.duration)
        self.sent_bytes += event.bytes_sent
        if event.published is not None:
            self.published_bytes += event.published * len(event.channels)
        if event.began and event.mode is not None:
            self.subscribers[event.mode] -= 1
            self.ends[event.mode, ending(event)] += 1
        elif event.status >= 400 and event.status != _CLIENT_LEFT:
            self.refusals[self._refusal(role, event)] += 1

    def _refusal(self, role: str, event: RequestEnded) -> tuple[str, str]:
        """By what a refusal is counted: why push refuses it, or what its status means. They label a metric, so there are few."""
        if event.explanation and event.role is not None:
            told = role, event.explanation.decode("ascii", "backslashreplace")
            if told in self.refusals or len(self.refusals) < _MOST_REASONS:
                return told
        return role, _meaning(event.status)


def _meaning(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"
