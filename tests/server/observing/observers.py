"""A site whose requests are observed, without sockets."""

from __future__ import annotations

from ngxpush.http.request import Request
from ngxpush.server.observing.events import FramePublished, RequestEnded, SubscriberBegan
from ngxpush.server.observing.observed import Observed
from tests.http.content.test_push_stream import LOCATIONS, PushSite


class Heard:
    """An observer that keeps what it hears."""

    def __init__(self) -> None:
        self.began: list[SubscriberBegan] = []
        self.published: list[FramePublished] = []
        self.ended: list[RequestEnded] = []

    def subscriber_began(self, event: SubscriberBegan) -> None:
        self.began.append(event)

    def frame_published(self, event: FramePublished) -> None:
        self.published.append(event)

    def request_ended(self, event: RequestEnded) -> None:
        self.ended.append(event)


class ObservedSite(PushSite):
    """A site with an observer. A request ends when a test says so: `log` is the log phase."""

    def __init__(self, settings: str = "", locations: str = LOCATIONS) -> None:
        super().__init__(settings, locations)
        self.heard = Heard()
        self.observed = Observed(self.clock.now)
        self.observed.observers.append(self.heard)
        self.worker.observer = self.observed

    def log(self, request: Request | None = None) -> RequestEnded:
        """End a request, the last one by default."""
        ended = request or self.request
        assert ended is not None
        self.observed.request_ended(ended)
        return self.heard.ended[-1]

    def asked(self, target: str, method: str = "GET", headers: str = "") -> Request:
        """A request, as far as it came."""
        self.ask(target, method, headers)
        assert self.request is not None
        return self.request
