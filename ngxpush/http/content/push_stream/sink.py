"""The Sink of `push.question` for a request: an open answer.

Its pieces go straight to the connection, unless a body filter (gzip) works on them.
"""

from __future__ import annotations

from collections.abc import Callable

from ....push.question import CHUNKED, FRAME, IDENTITY, Encoding, PushClient
from ...filters import chunked
from ...request import Request


def no_one() -> None:
    """Do nothing: no one waits for the end."""


class RequestSink:
    """An open answer. It holds its request while a subscriber waits."""

    __slots__ = ("_closed", "_ended", "encoding", "more_may_come", "request", "takes_empty")

    def __init__(self, request: Request, encoding: Encoding, takes_empty: bool = False) -> None:
        self.encoding = encoding
        self.takes_empty = takes_empty
        self.more_may_come = False
        self.request = request
        self._closed: Callable[[], None] = no_one
        self._ended = request.gone
        if not self._ended:
            request.on_close = self._end

    @property
    def closed(self) -> Callable[[], None]:
        return self._closed

    @closed.setter
    def closed(self, callback: Callable[[], None]) -> None:
        self._closed = callback
        if self._ended:
            callback()

    @property
    def takes_joined(self) -> bool:
        """Not where a filter works on each piece, or limit_rate lets the first one pass and no other (http/limit_rate.py)."""
        response = self.request.response
        return not response.limit_rate and (response.output is None or self.encoding is not IDENTITY)

    @property
    def client(self) -> PushClient:
        return client_of(self.request)

    def write(self, data: bytes) -> None:
        """Send a piece. This is the hot path: after the head it only counts the bytes and gives them to the transport."""
        request = self.request
        output = request.response.output
        if output is None:
            request.response.bytes_sent += len(data)
            request.carrier.write(data)
        elif output.is_direct and (output.chunked is None or self.encoding is CHUNKED):
            output.send(data, flush=True)
            request.response.output = None
        else:
            output.write(data, flush=True)

    def finish(self, last: bytes = b"") -> None:
        if self._ended:
            return
        request = self.request
        if self.encoding is FRAME:
            request.keepalive = False
            request.input.lingering_close |= self.more_may_come
        elif self.encoding is CHUNKED:
            self.write(last + chunked.Chunked(request).end())
        elif request.response.output is not None:
            request.response.output.write(b"", last=True)  # what the filters still hold
        finish(request)
        self._end()

    def abort(self) -> None:
        if not self._ended:
            self.request.carrier.terminate(self.request, self.request.response.status)
            self._end()

    def spoil(self) -> None:
        if not self._ended:
            self.request.carrier.spoil()
            self.request.carrier.finish(self.request)
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._closed()


def client_of(request: Request) -> PushClient:
    """Who has sent the request."""
    agent = request.input.headers.get(b"user-agent")
    connection = request.connection
    return PushClient(connection.remote_addr, request.main.started, agent or b"", connection.number)


def finish(request: Request) -> None:
    """The answer is whole."""
    if request.parent is None:
        request.carrier.finish(request)
    else:
        request.carrier.finish_unseen(request)
