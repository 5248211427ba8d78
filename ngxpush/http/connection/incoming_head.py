"""The head of a request that is being read."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from ...config.pattern import PatternFailed
from .. import phases
from ..debug_log import DebugLog
from ..keepalive import wants_keepalive
from ..parser import RequestParser
from ..recorder import Debugging
from ..request import ClientConnection, Request
from ..request_line import Refused
from ..routing import Listener
from ..status import INTERNAL_SERVER_ERROR
from ..tls import check_server, refusal


class IncomingHead:
    """One head. request: filled from the head. Its server is the default of the address until the head names another."""

    __slots__ = ("_parser", "request")

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
            check_server(connection, server, host)
            request.server = server
            request.location = request.server.location

        if connection.debugging is not Debugging.OFF:
            request.recorder = DebugLog(request)
        self._parser = RequestParser(request, choose_server, room)

    @property
    def activity(self) -> str:
        """What nginx is doing, in its words for the error log."""
        return self._parser.activity

    @property
    def rest(self) -> bytes:
        """The bytes after the head."""
        return self._parser.rest

    def feed(self, data: bytes) -> Coroutine[Any, Any, None] | None:
        """Take more bytes. Returns None until the head is whole or refused, then what serves it or answers with an error."""
        request = self.request
        try:
            if not self._parser.feed(data):
                return None
        except Refused as refused:
            request.input.refused = True
            request.progress.log_action = self.activity.encode()
            request.connection.log("info", refused.message, request)
            return phases.finalize(request, refused.status)
        except PatternFailed as failed:
            request.progress.log_action = self.activity.encode()
            request.connection.log("alert", failed.message, request)
            return _close(request)
        if not self._parser.rest:
            request.input.room = 0  # what comes later is not read into the buffer of the head
        request.keepalive = wants_keepalive(request)
        request.input.lingering_close = request.input.has_body
        return self._serve() if request.connection.expects_tls else phases.serve(request)

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
