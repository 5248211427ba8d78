"""The head of a request that is being read."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any

from ...config.pattern import PatternFailed
from .. import phases
from ..debug_log import DebugLog
from ..keepalive import asks_for_keepalive
from ..parser import READING_HEADERS, RequestParser
from ..recorder import Debugging
from ..request import ClientConnection, Request
from ..request_input import HTTP_10, RequestInput
from ..request_line import Refused
from ..routing import Listener
from ..status import INTERNAL_SERVER_ERROR
from ..tls import choose_server, refusal
from ..usual_head import forget_after_host, take_usual_head

_OFF = Debugging.OFF


def begin_request(connection: ClientConnection, listener: Listener, pipelined: bool) -> Request:
    """A request whose head comes. Its server is the default of the address until the head names another."""
    tls = connection.tls
    server = listener.default_server if tls is None or tls.server is None else tls.server
    request = Request(connection, listener.http, server, server.location, started=connection.now(), keepalive=False)
    if pipelined:
        request.input.pipelined = True
    if connection.debugging is not _OFF:
        request.recorder = DebugLog(request)
    return request


def take_plain_head(request: Request, listener: Listener, data: bytes, room: int) -> int:
    """Take a usual head at once, where nothing about it can be refused: without TLS, and by no pattern of a server's name.

    room: of the buffer.  Returns how many bytes it has; 0 for any other head, which is left to IncomingHead.
    """
    connection = request.connection
    if connection.tls is not None or connection.expects_tls or listener.has_patterns:
        return 0
    length = take_usual_head(request, data, room)
    if length:
        received = request.input
        assert received.host is not None
        choose_server(listener, request, received.host)
        _end_head(received, has_rest=len(data) > length)
    return length


def _end_head(received: RequestInput, has_rest: bool) -> None:
    """The head is whole. has_rest: whether something came behind it."""
    if not has_rest:
        received.room = 0  # what comes later is not read into the buffer of the head
    received.lingering_close = received.has_body


class IncomingHead:
    """One head.

    request: filled from the head.  rest: the bytes after the head.
    """

    __slots__ = ("_failed", "_listener", "_parser", "_room", "request", "rest")

    def __init__(self, request: Request, listener: Listener, room: int) -> None:
        """room: what the buffer has, or the previous request, which this one came with, has left of its own."""
        self.request = request
        self.rest = b""
        self._room = room
        self._listener = listener
        # What answers a head that is refused; None for any other.
        self._failed: Coroutine[Any, Any, None] | None = None
        # None before the first bytes, and when they were a usual head.
        self._parser: RequestParser | None = None

    @property
    def activity(self) -> str:
        """What nginx is doing, in its words for the error log."""
        return READING_HEADERS if self._parser is None else self._parser.activity

    def feed(self, data: bytes) -> bool:
        """Take more bytes. Returns whether the head is whole now, or refused: `serve` then goes on."""
        request = self.request
        try:
            if not self._take(data):
                return False
        except Refused as refused:
            request.input.refused = True
            request.progress.log_action = self.activity.encode()
            request.connection.log("info", refused.message, request)
            self._failed = phases.finalize(request, refused.status)
            return True
        except PatternFailed as failed:
            request.progress.log_action = self.activity.encode()
            request.connection.log("alert", failed.message, request)
            self._failed = _close(request)
            return True
        _end_head(request.input, bool(self.rest))
        return True

    def serve(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Serve the request, or refuse it, as far as nothing need wait. Returns what does the rest; None if nothing is left."""
        if self._failed is not None:
            return self._failed
        if request.connection.expects_tls:
            return self._serve_by_tls()
        return phases.begin(request)

    def _take(self, data: bytes) -> bool:
        """Whether the head is whole now."""
        request, parser = self.request, self._parser
        if parser is None:
            length = take_usual_head(request, data, self._room)
            if length:
                self.rest = data[length:]
                self._choose_server(request.input, data)
                return True
            parser = self._parser = RequestParser(request, partial(choose_server, self._listener, request), self._room)
        try:
            if not parser.feed(data):
                return False
        finally:
            self.rest = parser.rest
        received = request.input
        asked = asks_for_keepalive(received.headers.get_all(b"connection"))
        request.keepalive = received.http_version > HTTP_10 if asked is None else asked
        return True

    def _choose_server(self, received: RequestInput, head: bytes) -> None:
        """Choose the server for a usual head."""
        assert received.host is not None
        try:
            choose_server(self._listener, self.request, received.host)
        except (Refused, PatternFailed):
            forget_after_host(received, head)
            self.request.keepalive = False
            self.rest = head[received.request_length :]
            raise

    def _serve_by_tls(self) -> Coroutine[Any, Any, None] | None:
        """Serve a request to an address with TLS, or refuse it."""
        request = self.request
        request.progress.log_action = self.activity.encode()
        status = refusal(request)
        if status is not None:
            return phases.finalize(request, status)
        request.progress.log_action = b""
        return phases.begin(request)


async def _close(request: Request) -> None:
    """Close the connection without an answer: no one knows which server the request is for."""
    request.carrier.terminate(request, INTERNAL_SERVER_ERROR)
