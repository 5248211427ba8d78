"""A stream begins: from the first frame of its head to the request in the phases."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any

from h2.errors import ErrorCodes

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ...config.pattern import PatternFailed
from .. import phases
from ..debug_log import DebugLog
from ..parser import READING_HEADERS
from ..recorder import Debugging
from ..request import Request
from ..request_line import Refused
from ..status import ERROR, INTERNAL_SERVER_ERROR
from ..tls import choose_server, refusal
from .connection import Http2Connection
from .dependencies import Dependency
from .request_head import BrokenField, RequestHead
from .stream_head import StreamHead
from .streams import RequestStream


def open_stream(connection: Http2Connection, head: StreamHead, place: Dependency, ended: bool) -> None:
    """Begin a new stream. head: its first frame has come.  ended: it has no body."""
    connection.requests += 1
    connection.hosting.requests += 1
    stream = RequestStream(connection, head.stream, place)
    connection.add(stream)
    stream.input_ended = ended
    listener, server = connection.listener, connection.listener.default_server
    request = Request(stream.facts, listener.http, server, server.location)
    request.started = connection.hosting.now()
    request.keepalive = False
    request.input.ended, request.input.request_length = ended, head.left
    request.progress.log_action = READING_HEADERS.encode()
    if stream.facts.debugging is not Debugging.OFF:
        request.recorder = DebugLog(request)
    stream.attach(request, server.of(HttpCoreServer).client_header_timeout)
    head.opened = stream, RequestHead(request, partial(choose_server, listener, request))
    _look_whether_last(connection)


def take_field(head: StreamHead, name: bytes, value: bytes) -> None:
    """Take a field of a head."""
    if not head.is_wanted:
        return
    assert head.opened is not None
    stream, fields = head.opened
    try:
        fields.take(name, value)
    except BrokenField as broken:
        head.opened = None
        stream.log("info", broken.message, stream.request)
        stream.cut_off(ERROR, ErrorCodes.PROTOCOL_ERROR)
    except (Refused, PatternFailed) as error:
        head.opened = None
        _refuse(stream, error)


def end_head(head: StreamHead) -> None:
    """The head is whole: serve the request."""
    if not head.is_wanted:
        return
    assert head.opened is not None
    stream, fields = head.opened
    try:
        fields.finish()
    except (Refused, PatternFailed) as error:
        _refuse(stream, error)
    else:
        assert stream.request is not None
        stream.begin(_serve(stream.request))


def _refuse(stream: RequestStream, error: Refused | PatternFailed) -> None:
    request = stream.request
    assert request is not None
    if isinstance(error, PatternFailed):
        stream.log("alert", error.message, request)
        stream.cut_off(INTERNAL_SERVER_ERROR)
        return
    request.input.refused = True
    stream.log("info", error.message, request)
    stream.begin(phases.finalize(request, error.status))


def _serve(request: Request) -> Coroutine[Any, Any, None]:
    """Serve a request, or refuse it because of its client's certificate."""
    status = refusal(request) if request.connection.expects_tls else None
    if status is not None:
        return phases.finalize(request, status)
    request.progress.log_action = b""
    return phases.serve(request)


def _look_whether_last(connection: Http2Connection) -> None:
    """The last request that keepalive_requests or keepalive_time allow is announced with a GOAWAY."""
    settings: HttpCoreLocation = connection.settings
    age = (connection.facts.now() - connection.facts.started) * 1000
    too_many = connection.requests >= settings.keepalive_requests or not settings.keepalive_timeout[0]
    if too_many or age > settings.keepalive_time:
        connection.go_away()
