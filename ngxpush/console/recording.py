"""The last requests, as they were when their log phase came. They are kept whether someone looks or not: who opens the console
often wants to see what has just gone wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

from ..config.tree import Statement
from ..http.access.realip import realip_remote_addr
from ..http.request import Request
from ..server.observing.events import FramePublished, RequestEnded, SubscriberBegan
from ..server.observing.observed import channels_of
from ..server.observing.words import ending, unexplained

KEPT = 1000
"""How many requests are kept."""


class RecordedRequest(Struct, frozen=True):
    """A request that has ended, or is still open.

    started, ended: seconds since the epoch; ended: None while it is open.  address: the client's, as the log has it.
    peer: the address that is connected; another one where realip has replaced it.  listen: the socket's own address and port.
    by_tls: it came by TLS.
    line: the request line as sent.  headers: the lines of the head.  host: the one that is asked for.  refused: the head was.
    body: how it begins.  length: bytes of the whole body as far as it is known.
    status: 0 while there is none.  sent: bytes of the answer with its head.  location: where it was served at last.
    channels: those of a publisher or subscriber, as far as they are known.  outcome: what push says of it; empty for nothing.
    """

    connection: int
    started: float
    ended: float | None
    address: bytes
    peer: bytes
    listen: tuple[bytes, int]
    by_tls: bool
    line: bytes
    headers: Sequence[tuple[bytes, bytes]]
    host: bytes | None
    refused: bool
    body: bytes
    length: int
    status: int
    sent: int
    location: Statement | None
    channels: tuple[bytes, ...] = ()
    outcome: str = ""


class RecordedRequests:
    """Keeps the last requests (`server.observing.events.RequestObserver`). total: how many there were so far."""

    def __init__(self) -> None:
        self.total = 0
        self._events: deque[RequestEnded] = deque(maxlen=KEPT)

    def subscriber_began(self, event: SubscriberBegan) -> None:
        """Do nothing: whose request is open is asked when someone looks."""

    def frame_published(self, event: FramePublished) -> None:
        """Do nothing: it is part of a request that is open."""

    def request_ended(self, event: RequestEnded) -> None:
        self.total += 1
        self._events.append(event)

    def newest(self, count: int = KEPT) -> list[RecordedRequest]:
        """The last `count` ones, the newest first."""
        return [_ended(event) for event in islice(reversed(self._events), count)]


def _ended(event: RequestEnded) -> RecordedRequest:
    asker, server = event.asker, event.server
    return RecordedRequest(
        asker.connection,
        asker.started,
        event.time,
        asker.address,
        asker.peer,
        asker.server_address,
        asker.by_tls,
        asker.request_line,
        asker.headers,
        asker.host,
        event.refused,
        event.body,
        event.body_length,
        event.status,
        event.bytes_sent,
        server if event.location is None else event.location,
        event.channels,
        _outcome(event),
    )


def _outcome(event: RequestEnded) -> str:
    """Why push refused it, whom a message reached, or why a subscription has ended."""
    if event.explanation:
        return event.explanation.decode("utf-8", "backslashreplace")
    if event.reached is not None:
        return f"reached {event.reached}"
    if event.began:
        return ending(event)
    return unexplained(event)


def open_request(request: Request) -> RecordedRequest:
    """A request that is open, as it is now."""
    given, connection, response = request.input, request.connection, request.response
    return RecordedRequest(
        connection.number,
        request.started,
        None,
        connection.remote_addr,
        realip_remote_addr(request),
        (connection.server_addr, connection.server_port),
        connection.tls is not None,
        given.request_line,
        given.headers.lines,
        given.host,
        given.refused,
        given.body or b"",
        given.content_length or len(given.body or b""),
        response.status,
        response.bytes_sent,
        request.location.statement,
        channels_of(request),
    )
