"""A stream begins: from its compressed head to the request in the phases."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any

from h2.errors import ErrorCodes

from ...config.directives.http.core import HttpCoreLocation
from ...config.pattern import PatternFailed
from .. import phases
from ..debug_log import DebugLog
from ..parser import READING_HEADERS
from ..recorder import Debugging
from ..request import Request
from ..request_line import Refused
from ..routing import Listener
from ..status import ERROR, INTERNAL_SERVER_ERROR
from ..tls import check_server, refusal
from .connection import Http2Connection
from .frames import BrokenFrame
from .request_head import BrokenField, RequestHead
from .streams import RequestStream


def open_stream(connection: Http2Connection, number: int, fields: Iterable[tuple[bytes, bytes]], size: int, ended: bool) -> None:
    """Serve the request of a new stream. size: bytes of its compressed head.  ended: it has no body."""
    _count(connection)
    stream = RequestStream(connection, number)
    connection.add(stream)
    stream.input_ended = ended
    listener, server = connection.listener, connection.listener.default_server
    request = Request(stream.facts, listener.http, server, server.location)
    request.started = connection.hosting.now()
    request.keepalive = False
    request.input.ended, request.input.request_length = ended, size
    if stream.facts.debugging is not Debugging.OFF:
        request.recorder = DebugLog(request)

    serving = stream.attach(request)
    serving_coroutine = None
    try:
        RequestHead(request, partial(_choose_server, listener, request)).take(fields)
        serving_coroutine = _serve(request)
    except BrokenFrame:
        stream.cut_off(ERROR)
        raise
    except BrokenField as broken:
        request.progress.log_action = READING_HEADERS.encode()
        stream.log("info", broken.message, request)
        stream.cut_off(ERROR, ErrorCodes.PROTOCOL_ERROR)
        return
    except Refused as refused:
        request.input.refused = True
        request.progress.log_action = READING_HEADERS.encode()
        stream.log("info", refused.message, request)
        serving_coroutine = phases.finalize(request, refused.status)
    except PatternFailed as failed:
        stream.log("alert", failed.message, request)
        stream.cut_off(INTERNAL_SERVER_ERROR)
        return
    serving.begin(serving_coroutine)
    stream.settle()


def _choose_server(listener: Listener, request: Request, host: bytes) -> None:
    server = listener.find_server(request, host)
    check_server(request.connection, server, host)
    request.server, request.location = server, server.location


def _serve(request: Request) -> Coroutine[Any, Any, None]:
    """Serve a request, or refuse it because of its client's certificate."""
    request.progress.log_action = READING_HEADERS.encode()
    status = refusal(request) if request.connection.expects_tls else None
    if status is not None:
        return phases.finalize(request, status)
    request.progress.log_action = b""
    return phases.serve(request)


def _count(connection: Http2Connection) -> None:
    """Count the request. The last one that keepalive_requests or keepalive_time allow is announced with a GOAWAY."""
    connection.requests += 1
    connection.hosting.requests += 1
    settings: HttpCoreLocation = connection.settings
    age = (connection.facts.now() - connection.facts.started) * 1000
    if connection.requests >= settings.keepalive_requests or age > settings.keepalive_time:
        connection.go_away()
