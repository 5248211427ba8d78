"""A site whose requests are observed, without sockets; and events as observers hear them."""

from __future__ import annotations

from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PublisherMode, SubscriberMode
from ngxpush.config.role import Role
from ngxpush.config.tree import Position, Statement
from ngxpush.http.request import Request
from ngxpush.server.observing.events import Asker, FramePublished, RequestEnded, SubscriberBegan
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


AT = 1_000_000_000.25
"""When events happen: the 9th of September 2001."""

ASKER = Asker(
    7, 3, b"192.0.2.1", b"192.0.2.1", (b"127.0.0.1", 8080), False, b"POST", b"/pub?id=a", b"POST /pub?id=a HTTP/1.1", [],
    AT - 0.5, b"localhost",
)  # fmt: skip

PLACE = Statement(b"location", (b"/pub",), Position("/etc/nginx/nginx.conf", 12), Position("/etc/nginx/nginx.conf", 12))

ODD_PLACE = Statement(b"location", (b"/",), Position("/etc/nginx/\udce9.conf", 1), Position("/etc/nginx/\udce9.conf", 1))
"""In a file whose name is no UTF-8."""

ENDED = RequestEnded(
    ASKER, AT, 0.5, None, False, b"", 0, 200, 300, 100, b"", PLACE, PLACE, None, None, (), None, None, False, None
)
"""A request of a location without a role."""

PUBLISHED = replace(ENDED, role=Role("publisher", PublisherMode.ADMIN), channels=(b"a",), published=5, reached=2)

UNSUBSCRIBED = replace(
    ENDED, role=Role("subscriber", SubscriberMode.STREAMING), mode=SubscriberMode.EVENTSOURCE, channels=(b"a",), began=True
)
"""The end of a subscriber that has left."""

BEGAN = SubscriberBegan(ASKER, SubscriberMode.EVENTSOURCE, (b"a", b"b"), AT, PLACE)

FRAME = FramePublished(ASKER, (b"a",), 1, 1, AT, PLACE)
