"""The head of a request that is being read."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ...config.directives.http.core import HttpCoreServer
from ...config.pattern import PatternFailed
from .. import phases
from ..debug_log import DebugLog
from ..keepalive import wants_keepalive
from ..parser import READING_HEADERS, RequestParser
from ..recorder import Debugging
from ..request import ClientConnection, Request
from ..request_line import Refused
from ..routing import Listener
from ..status import INTERNAL_SERVER_ERROR
from ..tls import check_server, refusal
from ..usual_head import take_usual_head


class IncomingHead:
    """One head.

    request: filled from the head. Its server is the default of the address until the head names another.
    rest: the bytes after the head.
    """

    __slots__ = ("_choose_server", "_parser", "_room", "request", "rest")

    def __init__(self, connection: ClientConnection, listener: Listener, room: int) -> None:
        """room: what the buffer of the previous request, which this one came with, has left; 0 for a buffer of its own."""
        tls = connection.tls
        server = listener.default_server if tls is None or tls.server is None else tls.server
        request = self.request = Request(connection, listener.http, server, server.location)
        request.started = connection.now()
        request.keepalive = False
        request.input.pipelined = room > 0

        def choose_server(host: bytes) -> None:
            server = listener.find_server(request, host)
            if tls is not None:
                check_server(connection, server, host)
            request.server = server
            request.location = request.server.location

        if connection.debugging is not Debugging.OFF:
            request.recorder = DebugLog(request)
        self.rest = b""
        self._room = room or server.of(HttpCoreServer).client_header_buffer_size
        self._choose_server = choose_server
        # None before the first bytes, and when they were a usual head.
        self._parser: RequestParser | None = None

    @property
    def activity(self) -> str:
        """What nginx is doing, in its words for the error log."""
        return READING_HEADERS if self._parser is None else self._parser.activity

    def feed(self, data: bytes) -> Coroutine[Any, Any, None] | None:
        """Take more bytes. Returns None until the head is whole or refused, then what serves it or answers with an error."""
        request = self.request
        try:
            if not self._take(data):
                return None
        except Refused as refused:
            request.input.refused = True
            self.rest = data[request.input.request_length :] if self._parser is None else self._parser.rest
            request.progress.log_action = self.activity.encode()
            request.connection.log("info", refused.message, request)
            return phases.finalize(request, refused.status)
        except PatternFailed as failed:
            request.progress.log_action = self.activity.encode()
            request.connection.log("alert", failed.message, request)
            return _close(request)
        if not self.rest:
            request.input.room = 0  # what comes later is not read into the buffer of the head
        request.keepalive = wants_keepalive(request)
        request.input.lingering_close = request.input.has_body
        return self._serve() if request.connection.expects_tls else phases.serve(request)

    def _take(self, data: bytes) -> bool:
        """Whether the head is whole now."""
        if self._parser is None:
            length = take_usual_head(self.request, self._choose_server, data, self._room)
            if length:
                self.rest = data[length:]
                return True
            self._parser = RequestParser(self.request, self._choose_server, self._room)
        whole = self._parser.feed(data)
        self.rest = self._parser.rest
        return whole

    def _serve(self) -> Coroutine[Any, Any, None]:
        """Serve a request to an address with TLS, or refuse it."""
        request = self.request
        request.progress.log_action = self.activity.encode()
        status = refusal(request)
        if status is not None:
            return phases.finalize(request, status)
        request.progress.log_action = b""
        return phases.serve(request)


async def _close(request: Request) -> None:
    """Close the connection without an answer: no one knows which server the request is for."""
    request.carrier.terminate(request, INTERNAL_SERVER_ERROR)
