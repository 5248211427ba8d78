"""The last requests, as they were when their log phase came. They are kept whether someone looks or not: who opens the console
often wants to see what has just gone wrong.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from msgspec import Struct

from ..config.tree import Statement
from ..http.access.realip import realip_remote_addr
from ..http.request import Request

KEPT = 1000
"""How many requests are kept."""

KEPT_BODY = 4096
"""Bytes that are kept of a request's body."""


class RecordedRequest(Struct, frozen=True, gc=False):
    """A request that has ended, or is still open.

    started, ended: seconds since the epoch; ended: None while it is open.  address: the client's, as the log has it.
    peer: the address that is connected; another one where realip has replaced it.  listen: the socket's own address and port.
    line: the request line as sent.  headers: the lines of the head.  host: the one that was asked for.  refused: the head was.
    body: how it begins.  length: bytes of the whole body as far as it is known.
    status: 0 while there is none.  sent: bytes of the answer with its head.  location: where it was served at last.
    """

    connection: int
    started: float
    ended: float | None
    address: bytes
    peer: bytes
    listen: tuple[bytes, int]
    tls: bool
    line: bytes
    headers: list[tuple[bytes, bytes]]
    host: bytes | None
    refused: bool
    body: bytes
    length: int
    status: int
    sent: int
    location: Statement | None


class RecordedRequests:
    """The last KEPT requests. total: how many there were so far."""

    def __init__(self) -> None:
        self.total = 0
        self._requests: deque[RecordedRequest] = deque(maxlen=KEPT)

    def add(self, request: Request) -> None:
        """A request is in its log phase. Subrequests are part of theirs."""
        if request.parent is None:
            self.total += 1
            self._requests.append(recorded(request, request.connection.now()))

    def newest(self, count: int = KEPT) -> list[RecordedRequest]:
        """The last `count` ones, the newest first."""
        return list(islice(reversed(self._requests), count))


def recorded(request: Request, ended: float | None) -> RecordedRequest:
    """A request as it is now."""
    given, connection, response = request.input, request.connection, request.response
    body = given.body or b""
    return RecordedRequest(
        connection.number,
        request.started,
        ended,
        connection.remote_addr,
        realip_remote_addr(request),
        (connection.server_addr, connection.server_port),
        connection.tls is not None,
        given.request_line,
        given.headers.lines,
        given.host,
        given.refused,
        body[:KEPT_BODY],
        given.content_length or len(body),
        response.status,
        response.bytes_sent,
        request.location.statement,
    )
