"""A worker's requests, as those who observe them hear of them.

`Worker.observed` is None while no one does; then a request costs a look at that, and neither it nor the push engine notes
anything. The events are made from the request when the access logs are written, so they change nothing in those.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from msgspec import Struct

from ...config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ...config.role import role_of
from ...config.tree import Statement
from ...http.access.realip import realip_remote_addr
from ...http.connection.departure import DROPPED
from ...http.content.push_stream import request_of
from ...http.request import Request
from ...http.variables.evaluation import evaluate
from ...http.variables.request import remote_user
from ...http.variables.response import logged_status
from ...push.answers import EXPLAIN
from ...push.observing import End
from ...push.operations import ChannelInfo
from ...push.path import parse_channels_path
from ...push.question import Question, Sink
from .events import Asker, FramePublished, RequestEnded, RequestObserver, SubscriberBegan

BODY_KEPT = 4096
"""Bytes of a request's body that an event has."""

_KEY = "observed"

# Of the process, not of a worker: at a reload another worker goes on in the same process.
_NUMBERS = count(1)


class _Noted(Struct, eq=False):
    """What is known of a request before it has ended."""

    number: int
    mode: SubscriberMode | None = None
    channels: tuple[bytes, ...] | None = None
    published: int | None = None
    reached: int | None = None
    began: bool = False
    end: End | None = None


class Tally(Struct, eq=False):
    """Numbers of all requests. requests: those that have ended.  deliveries: messages passed on, once for each subscriber.

    published: messages that these requests have published, once for each channel.
    """

    requests: int = 0
    deliveries: int = 0
    published: int = 0


class Observed:
    """Tells observers of requests (push.observing.QuestionObserver).

    observers: they hear of what comes from now on.  tally: of this worker, or of several, one after the other.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.observers: list[RequestObserver] = []
        self.tally = Tally()
        self._now = now

    # from the push engine

    def asked(self, asker: Question, mode: SubscriberMode) -> None:
        self._noted(request_of(asker)).mode = mode

    def subscribed(self, asker: Question | Sink, channels: tuple[bytes, ...]) -> None:
        request = request_of(asker)
        noted = self._noted(request)
        noted.began, noted.channels = True, channels
        mode = noted.mode or SubscriberMode.STREAMING
        event = SubscriberBegan(_asker(request, noted), mode, channels, self._now(), _location(request))
        for observer in self.observers:
            observer.subscriber_began(event)

    def published(self, asker: Question, size: int, infos: tuple[ChannelInfo, ...]) -> None:
        request = request_of(asker)
        noted = self._noted(request)
        channels = tuple([info.channel for info in infos])
        reached = sum([info.subscribers for info in infos])
        self.tally.published += len(infos)
        if noted.began:
            event = FramePublished(_asker(request, noted), channels, size, reached, self._now(), _location(request))
            for observer in self.observers:
                observer.frame_published(event)
        else:
            noted.channels, noted.published, noted.reached = channels, size, reached

    def heard(self, subscribers: int) -> None:
        self.tally.deliveries += subscribers

    def ends(self, asker: Question | Sink, why: End) -> None:
        noted = self._noted(request_of(asker))
        noted.end = noted.end or why

    # from the worker

    def request_ended(self, request: Request) -> None:
        """A request, or a subrequest, has ended and is written to the access logs."""
        if request.parent is not None:
            return
        self.tally.requests += 1
        event = self._ended(request, self._noted(request))
        for observer in self.observers:
            observer.request_ended(event)

    def _ended(self, request: Request, noted: _Noted) -> RequestEnded:
        received, response, location = request.input, request.response, request.location
        now, role = self._now(), role_of(location, request.progress.content_handler)
        return RequestEnded(
            _asker(request, noted),
            now,
            now - request.started,
            remote_user(request),
            received.refused,
            (received.body or b"")[:BODY_KEPT],
            received.content_length or len(received.body or b""),
            int(logged_status(request)),
            response.bytes_sent,
            max(0, response.bytes_sent - response.header_size),
            next((value for name, value in response.headers if name == EXPLAIN), b""),
            request.server.statement,
            _location(request),
            role,
            noted.mode,
            _channels(request) if noted.channels is None and role is not None else noted.channels or (),
            noted.published,
            noted.reached,
            noted.began,
            End.TOO_SLOW if noted.began and DROPPED in request.lasting else noted.end,
        )

    def _noted(self, request: Request) -> _Noted:
        main = request.main
        noted: _Noted | None = main.lasting.get(_KEY)
        if noted is None:
            noted = main.lasting[_KEY] = _Noted(next(_NUMBERS))
        return noted


def channels_of(request: Request) -> tuple[bytes, ...]:
    """The channels of a publisher or subscriber whose request is open, as far as push has said them."""
    noted: _Noted | None = request.main.lasting.get(_KEY)
    return () if noted is None or noted.channels is None else noted.channels


def _asker(request: Request, noted: _Noted) -> Asker:
    """The client's request, or that of a subrequest. Its method is taken from the line: an error_page has changed the other."""
    main = request.main
    connection, received = main.connection, main.input
    return Asker(
        noted.number,
        connection.number,
        connection.remote_addr,
        realip_remote_addr(main),
        (connection.server_addr, connection.server_port),
        connection.tls is not None,
        received.request_line.partition(b" ")[0] if main.method else b"",
        received.unparsed_uri,
        received.request_line,
        received.headers.lines,
        main.started,
        received.host,
    )


def _location(request: Request) -> Statement | None:
    return None if request.location is request.server.location else request.location.statement


def _channels(request: Request) -> tuple[bytes, ...]:
    """The channels that a request for a push location names, where push has not said so."""
    path = request.location.of(PushStreamLocation).channels_path
    return () if path is None else tuple([channel.id for channel in parse_channels_path(evaluate(request, path))])
