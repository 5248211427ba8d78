"""A client's connection: feeds the parser, drives the requests one after the other, and ends as nginx ends it.

One small object per client. While a subscriber waits it holds no buffer, no parser, no coroutine and no timer.
"""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast

from ..config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ..http import phases
from ..http.access.limit_zone import LimitZones
from ..http.body import BrokenBody
from ..http.content.stub_status import Counters
from ..http.keepalive import wants_keepalive
from ..http.limit_rate import Rate
from ..http.operations import Answered, Drained, Operation, ReadBody, Sleep
from ..http.parser import RequestParser
from ..http.proxy_protocol import BrokenHeader, ProxyProtocol, read_header
from ..http.request import HTTP_11, BodyReceiver, Request
from ..http.request_line import Refused
from ..http.routing import Listener
from ..http.status import (
    BAD_REQUEST,
    CLIENT_CLOSED_REQUEST,
    INTERNAL_SERVER_ERROR,
    OK,
    REQUEST_TIME_OUT,
)
from ..http.upstream.connection import Open, Resolve
from .deadline import Deadline
from .driver import WAITING, Resume, Run
from .files import PERFORMERS
from .hosting import Worker
from .incoming_body import IncomingBody
from .outgoing import Outgoing
from .subrequests import Subrequests
from .upstream import UpstreamConnection, resolve

# Unread input behind a request that is being answered; more is left in the socket.
_MOST_PENDING = 64 * 1024

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_TIMED_OUT = "client timed out (110: Connection timed out)"
_LEFT = "client prematurely closed connection"
_RESET = " (104: Connection reset by peer)"
_LEFT_UPSTREAM = "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too"


class Connection(asyncio.Protocol):
    """The protocol of one client, and `http.request.Connection` for its requests."""

    __slots__ = (
        "_body",
        "_closed",
        "_deadline",
        "_half_closed",
        "_linger_until",
        "_lingering",
        "_outgoing",
        "_parser",
        "_paused_reading",
        "_pending",
        "_pipelined",
        "_proxy_header_due",
        "_pumping",
        "_run",
        "_subrequests",
        "listener",
        "number",
        "proxy_protocol",
        "received",
        "remote_addr",
        "remote_port",
        "request",
        "requests",
        "server_addr",
        "server_port",
        "started",
        "transport",
        "worker",
    )

    def __init__(self, worker: Worker, listener: Listener) -> None:
        self.worker = worker
        self.listener = listener
        self.requests = 0
        self.request: Request | None = None
        self.received: Callable[[bytes], None] | None = None
        self._parser: RequestParser | None = None
        self._body: IncomingBody | None = None
        self._run: Run | None = None
        self._subrequests: Subrequests | None = None
        self._pending = b""
        self._pipelined = False
        self._proxy_header_due = False
        self._pumping = False
        self._paused_reading = False
        self._half_closed = False
        self._lingering = False
        self._linger_until = 0.0
        self._closed = False
        self._deadline = Deadline(worker.loop)
        self.proxy_protocol: ProxyProtocol | None = None

    # what requests use (http.request.Connection)

    @property
    def nginx_version(self) -> bytes:
        return self.worker.nginx_version

    @property
    def engine(self) -> Any:
        return self.worker.engine

    @property
    def counters(self) -> Counters:
        worker = self.worker
        states = [connection.state for connection in worker.connections]
        counts = [states.count(state) for state in ("reading", "writing", "waiting")]
        return Counters(len(states), worker.accepted, worker.requests, *counts)

    @property
    def limit_zones(self) -> LimitZones:
        return self.worker.limit_zones

    @property
    def state(self) -> str:
        """`reading` a head, `writing` an answer, or `waiting` for a request, as stub_status counts."""
        if self.request is None or not self._parser_started():
            return "waiting"
        return "writing" if self._parser is None else "reading"

    def now(self) -> float:
        return self.worker.now()

    def realpath(self, path: bytes) -> bytes:
        return os.path.realpath(path, strict=True)

    def write(self, data: bytes) -> None:
        if not self._closed:
            self._outgoing.write(data)

    def pace(self, rate: Rate) -> None:
        self._outgoing.pace(rate)

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        self.worker.log_error(level, text, self, request)

    def discard_body(self, request: Request) -> int:
        if request is not self.request or self._body is not None or request.body is not None or request.body_unread:
            return OK
        self._continue(request)
        if not request.chunked and not request.content_length:
            return OK
        self._body = body = IncomingBody(self, request, keep=False)
        try:
            body.feed(b"")
        except BrokenBody:
            self._body = None
            request.body = b""
            self.log("error", "client sent invalid chunked body", request)
            return BAD_REQUEST
        return OK

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        subrequests = self._running_subrequests()
        subrequests.add(request, ended)
        self.worker.loop.call_soon(subrequests.serve, request)

    def terminate(self, request: Request, status: int) -> None:
        if self._closed:
            return
        request = request.main
        if request is self.request:
            self._end_early(request, status)
        self._abandon()
        self._close()

    def finish(self, request: Request) -> None:
        request.complete = True
        if request.parent is None:
            self._finish_if_whole()
        elif self._subrequests is not None:
            self._subrequests.finish(request)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have asyncio's methods but not its classes
        self.transport = cast(asyncio.Transport, transport)
        self._outgoing = Outgoing(self, self.worker.loop)
        self.number = self.worker.next_connection_number()
        self.started = self.worker.now()
        self.worker.connections.add(self)
        self.worker.accepted += 1
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.remote_addr, self.remote_port = _address(peer)
        self.server_addr, self.server_port = _address(own)
        self.listener = self.listener.at(self.server_addr)
        self._proxy_header_due = "proxy_protocol" in dict(self.listener.listen.options)
        self._wait_for(self.listener.default_server.of(HttpCoreServer).client_header_timeout, self._idle_too_long)

    def data_received(self, data: bytes) -> None:
        if self.received is not None:
            self.received(data)
        elif self._lingering:
            self._wait_for(self._linger_left(), self._close)
        elif self._body is not None:
            self._body_arrives(self._body, data)
        else:
            if self._proxy_header_due:
                self._proxy_header_due = False
                data = self._take_proxy_header(data)
            self._pending = self._pending + data if self._pending else data
            self._pump()
            if len(self._pending) > _MOST_PENDING and not self._paused_reading:
                self._paused_reading = True
                self.transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more. nginx takes that for its leaving while it waits, and still answers what it was asked."""
        request = self.request
        if self._lingering:
            return False
        if self.received is not None:
            self._client_left()
            return False
        body = self._body
        if self._parser is not None or (body is not None and (body.is_awaited or body.is_passed_on)):
            self.log("info", _LEFT + self._activity(), request)
            if request is not None and self._parser_started():
                self._end_early(request, BAD_REQUEST)
            self.request = None
            self._abandon()
            return False
        if request is None:
            self._log_left()
            return False
        if self._is_sending:
            self._log_left()
            self.transport.abort()
            return False
        if self._body is not None and self._is_whole(request):
            # the rest of a body that is skipped will not come
            self._body = None
            self._half_closed = True
            self._end_request(request)
            return False
        if self._waiting is not None:
            self._log_left()
            self._client_left()
            return False
        self._half_closed = True
        return True

    @property
    def _waiting(self) -> Request | None:
        """The request, or the subrequest it needs, that wants to know when the client leaves."""
        waiting = self.request if self._subrequests is None else self._subrequests.foremost or self.request
        return waiting if waiting is not None and waiting.on_close is not None else None

    def _client_left(self) -> None:
        """Tell who waits at once: nobody that comes in the same moment may still count this client."""
        request = self.request
        if request is None:
            return
        only_copies = request.complete and self._subrequests and self._subrequests.foremost is None
        if request.outlives_client or only_copies:
            request.gone = True
        else:
            self._end_early(request, CLIENT_CLOSED_REQUEST)

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        self.worker.connections.discard(self)
        self._stop_timers()
        request = self.request
        if isinstance(error, ConnectionResetError):
            self._log_left(_RESET)
        if request is not None:
            if self._parser is not None and not self._parser_started():
                self.request = None
            else:
                self._client_left()
        self._abandon()
        self.received = None
        self._pending = b""

    def pause_writing(self) -> None:
        self._outgoing.pause()

    def resume_writing(self) -> None:
        self._outgoing.resume()

    # for the worker and its push engine

    @property
    def unsent(self) -> int:
        """Bytes that wait in this process for the client to read on."""
        return self._outgoing.unsent

    def close_idle(self) -> None:
        """Close the connection if it is kept and nothing is going on on it (a worker that is to end does so).

        One that has just been made still gets its first answer, so that no client is lost to a reload.
        """
        begun = self.request is not None
        if self.requests > begun and not (begun and self._parser_started()):
            self._close()

    def abort(self) -> None:
        """Close the connection without sending what waits to be sent."""
        self.transport.abort()

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """From now on the client's bytes are not HTTP; what is here already is dropped (recording websocket/frames-behind-…)."""
        self.received = received
        self._pending = b""

    def tunnel(self, received: Callable[[bytes], None]) -> None:
        self.received = received
        pending, self._pending = self._pending, b""
        if pending:
            received(pending)
        self._read_on()

    def _read_on(self) -> None:
        if self._paused_reading:
            self._paused_reading = False
            self.transport.resume_reading()

    # the head of a request

    def _take_proxy_header(self, data: bytes) -> bytes:
        """The bytes behind the PROXY header a connection has to begin with; without one it is closed."""
        try:
            self.proxy_protocol, rest = read_header(data)
        except BrokenHeader as broken:
            self.log("error", broken.message + b" while reading PROXY protocol")
            self._close()
            return b""
        return rest

    def _pump(self) -> None:
        """Take requests from the input as long as there are any and the one before is answered."""
        if self._pumping:
            return
        self._pumping = True
        while self._pending and not self._closed and not self._lingering and (self.request is None or self._parser is not None):
            data, self._pending = self._pending, b""
            self._feed_head(data)
        self._pumping = False

    def _feed_head(self, data: bytes) -> None:
        parser = self._parser
        if parser is None:
            parser = self._begin_request()
        request = parser.request
        try:
            if not parser.feed(data):
                return
        except Refused as refused:
            self._pending = parser.rest
            activity = parser.activity
            self._parser = None
            self._deadline.clear()
            self.log("info", refused.message + b" while " + activity.encode(), request)
            self._drive(phases.finalize(request, refused.status))
            return
        self._pending = parser.rest
        self._parser = None
        self._deadline.clear()
        request.keepalive = wants_keepalive(request)
        request.lingering_close = request.chunked or bool(request.content_length)
        self._drive(phases.serve(request))

    def _begin_request(self) -> RequestParser:
        server = self.listener.default_server
        self.requests += 1
        self.worker.requests += 1
        request = Request(self, self.listener.http, self.listener, server, server.location)
        request.started = self.worker.now()
        request.keepalive = False
        request.pipelined = self._pipelined
        self._pipelined = False
        self.request = request

        def choose_server(host: bytes) -> None:
            request.server = self.listener.find_server(request, host)
            request.location = request.server.location

        self._parser = RequestParser(request, choose_server)
        self._wait_for(server.of(HttpCoreServer).client_header_timeout, self._head_too_late)
        return self._parser

    def _parser_started(self) -> bool:
        return self._parser is None or self._parser.started

    def _activity(self) -> str:
        if self._parser is not None:
            return " while " + self._parser.activity
        return ""

    # the body of a request

    def _continue(self, request: Request) -> None:
        """Send 100 Continue where it is waited for, before a body is read or skipped."""
        if request.expect_tested or request.http_version < HTTP_11:
            return
        request.expect_tested = True
        if (request.headers.get(b"expect") or b"").lower() == b"100-continue":
            self.write(_CONTINUE)
            request.bytes_sent += len(_CONTINUE)

    def _read_body(self, request: Request, resume: Resume) -> Any:
        """The ReadBody operation."""
        if request.body is not None:
            return request.body
        if self._body is not None:
            return b""
        self._continue(request)
        if not request.chunked and not request.content_length:
            request.body = b""
            return b""
        self._body = body = IncomingBody(self, request, keep=True)
        return body.read(resume)

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        self._continue(request)
        self._body = body = IncomingBody(self, request, keep=True)
        body.pass_to(receiver)

    def take_input(self) -> bytes:
        data, self._pending = self._pending, b""
        return data

    def body_ended(self, rest: bytes) -> None:
        self._body = None
        self._pending = rest

    def wait_for_body(self) -> None:
        self._wait_for(self._location_settings().client_body_timeout, self._body_too_late)

    def stop_waiting(self) -> None:
        self._deadline.clear()

    def _body_arrives(self, body: IncomingBody, data: bytes) -> None:
        request = self.request
        assert request is not None
        if body.is_awaited or (body.is_passed_on and not request.complete):
            body.arrives(data)
            return
        try:
            whole = body.feed(data)
        except BrokenBody:
            self.log("error", "client sent invalid chunked body", request)
            self._close()
            return
        if request.complete and self._run is None:
            if whole:
                self._deadline.clear()
                self._end_request(request)
            else:
                self._wait_for_discarded_body()

    # the end of a request

    def _drive(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._run = Run(coroutine, self._perform, self._run_ended)
        self._run.start()

    def _perform(self, operation: Operation[Any], resume: Resume) -> Any:
        performer = PERFORMERS.get(type(operation))
        if performer is not None:
            return performer(operation)
        if isinstance(operation, ReadBody):
            return self._read_body(operation.request, resume)
        if isinstance(operation, Answered):
            subrequests = self._running_subrequests()
            subrequests.add(operation.request, partial(resume, None))
            subrequests.serve(operation.request)
            return WAITING
        if isinstance(operation, Drained):
            if self._closed or operation.request.parent is not None:
                return None
            return WAITING if self._outgoing.wait(resume) else None
        if isinstance(operation, Sleep):
            self._sleep(operation, resume)
            return WAITING
        if isinstance(operation, Open):
            return UpstreamConnection(self.worker.loop, operation.endpoint, self.now())
        if isinstance(operation, Resolve):
            return resolve(self.worker.loop, operation, resume)
        return operation.begin(resume)  # type: ignore[attr-defined]

    def _sleep(self, operation: Sleep, resume: Resume) -> None:
        """The Sleep operation. A client that leaves meanwhile is noticed."""
        request = operation.request
        request.on_close = _nobody_waits

        def wake() -> None:
            if not request.gone:
                request.on_close = None
                resume(None)

        self.worker.loop.call_later(operation.seconds, wake)

    def _run_ended(self, error: BaseException | None) -> None:
        self._run = None
        request = self.request
        if request is None:
            return
        if error is not None:
            self._log_failure(request, error)
            if request.response.sent or request.response.status == INTERNAL_SERVER_ERROR:
                self.transport.abort()
                return
            request.response.status = INTERNAL_SERVER_ERROR
            self._drive(phases.finalize(request, INTERNAL_SERVER_ERROR))
        elif request.gone and not request.complete:
            self._end_early(request, CLIENT_CLOSED_REQUEST)
        else:
            self._finish_if_whole()

    def _log_failure(self, request: Request, error: BaseException) -> None:
        text = "".join(traceback.format_exception(error))
        self.log("alert", f"request failed inside ngxpush: {text.strip()!r}", request)

    def _is_whole(self, request: Request) -> bool:
        """Whether its answer is out, its handler has returned, and no subrequest of it is on its way."""
        return request.complete and self._run is None and not self._subrequests and not self._outgoing.is_held

    def _finish_if_whole(self) -> None:
        """End the request as soon as it is at its end."""
        request = self.request
        if request is not None and self._is_whole(request):
            self._subrequests = None
            if phases.has_post_action(request):
                self._drive(phases.post_action(request))
            else:
                self._finished(request)

    def _running_subrequests(self) -> Subrequests:
        if self._subrequests is None:
            self._subrequests = Subrequests(self._perform, self._subrequest_ended, self._subrequest_failed)
        return self._subrequests

    def _subrequest_ended(self, request: Request, ended: Callable[[], None]) -> None:
        self.worker.log_access(request)
        ended()
        self._finish_if_whole()

    def _subrequest_failed(self, request: Request, error: BaseException) -> None:
        self._log_failure(request, error)
        self.terminate(request, INTERNAL_SERVER_ERROR)

    def _finished(self, request: Request) -> None:
        """The answer is out: wait for the end of a body that is skipped, then go on."""
        request.on_close = None
        if self._body is not None and self._body.is_passed_on:
            # nobody waits for the rest of a body that was passed on as it came
            self._body = None
            request.keepalive, request.lingering_close = False, True
        if self._body is not None:
            self._linger_until = self.worker.loop.time() + request.location.of(HttpCoreLocation).lingering_time / 1000
            self._wait_for_discarded_body()
        else:
            self._end_request(request)

    def _wait_for_discarded_body(self) -> None:
        self._wait_for(self._linger_left(), self._close)

    def _end_request(self, request: Request) -> None:
        settings = request.location.of(HttpCoreLocation)
        keepalive_timeout, _ = settings.keepalive_timeout
        kept = request.keepalive and keepalive_timeout > 0 and not request.filter_finalized
        self.request = None
        self._outgoing.end_pace()
        request.keepalive = False  # nginx forgets it before the log is written
        self._log_and_free(request)
        if self._closed:
            return
        if kept and not self.worker.exiting and not self._half_closed:
            self._read_on()
            self._pipelined = bool(self._pending)
            if not self._pending:
                self._wait_for(keepalive_timeout, self._idle_too_long)
            self._pump()
            return
        lingering = settings.lingering_close
        more_may_come = request.lingering_close or bool(self._pending)
        self._pending = b""
        if kept and self._half_closed:
            self._log_left()
        if self._half_closed or lingering == "off" or not (lingering == "always" or more_may_come):
            self._close()
            return
        self._lingering = True
        self._linger_until = self.worker.loop.time() + settings.lingering_time / 1000
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._wait_for(settings.lingering_timeout, self._close)

    def _end_early(self, request: Request, status: int) -> None:
        """A request ends without its whole answer: who holds it is told, and it is logged, as `status` if nothing was sent."""
        self.request = None
        request.gone = True
        if not request.response.status or not request.bytes_sent:
            request.response.status = status
        on_close, request.on_close = request.on_close, None
        if on_close is not None:
            on_close()
        subrequests, self._subrequests = self._subrequests, None
        if subrequests is not None:
            request.complete = request.complete and subrequests.foremost is None
            subrequests.abandon()
        request.bytes_sent -= self._outgoing.end_pace()
        self._log_and_free(request)

    def _log_and_free(self, request: Request) -> None:
        self.worker.log_access(request)
        while request.cleanups:
            request.cleanups.pop()()

    def _abandon(self) -> None:
        """Give up what waits for the client's bytes."""
        awaited = self._body is not None and self._body.is_awaited
        waiting = awaited or self._outgoing.is_awaited
        self._parser = None
        self._body = None
        self._outgoing.forget_waiting()
        if waiting and self._run is not None:
            run, self._run = self._run, None
            run.cancel()

    def _close(self) -> None:
        """Close when what was written is sent."""
        self._stop_timers()
        self._pending = b""
        if not self._closed:
            self.transport.close()

    # timers: one for what is waited for from the client, one for what is to be sent

    def _wait_for(self, milliseconds: float, expired: Callable[[], None]) -> None:
        self._deadline.set(milliseconds / 1000, expired)

    def _stop_timers(self) -> None:
        self._deadline.cancel()
        self._outgoing.stop_timer()

    def _location_settings(self) -> Any:
        location = self.request.location if self.request is not None else self.listener.default_server.location
        return location.of(HttpCoreLocation)

    def _linger_left(self) -> float:
        """Milliseconds the client may still take to send what nobody wants."""
        left = (self._linger_until - self.worker.loop.time()) * 1000
        return min(float(self._location_settings().lingering_timeout), left)

    def _idle_too_long(self) -> None:
        if not self.requests:
            self.log("info", _TIMED_OUT + " while waiting for request")
        self._close()

    def _head_too_late(self) -> None:
        request = self.request
        if request is not None and not self._parser_started():
            self.request = None
            self.log("info", _TIMED_OUT + " while waiting for request")
            self._close()
            return
        self.log("info", _TIMED_OUT + self._activity(), request)
        if request is not None:
            self._end_early(request, REQUEST_TIME_OUT)
        self._close()

    def _body_too_late(self) -> None:
        request = self.request
        assert request is not None
        self.log("info", _TIMED_OUT + " while reading client request body", request)
        self.terminate(request, REQUEST_TIME_OUT)

    @property
    def send_timeout(self) -> float:
        timeout: int = self._location_settings().send_timeout
        return timeout / 1000

    def paced_out(self) -> None:
        self._finish_if_whole()

    def not_taken(self) -> None:
        self.log("info", _TIMED_OUT + " while sending to client", self.request)
        self.transport.abort()

    @property
    def _is_sending(self) -> bool:
        """Whether there is more to send than the client has taken."""
        return self._outgoing.is_held or self._outgoing.is_awaited

    def _log_left(self, reset: str = "") -> None:
        """The client has left: when? reset: said where it did not close properly."""
        waiting = self._waiting
        if self.request is not None:
            if waiting is not None and not self._is_sending:
                asked = waiting.upstream is not None and waiting.upstream.action
                self.log("info", (_LEFT_UPSTREAM if asked else _LEFT) + reset, waiting)
            elif self._is_sending:
                self.log("info", f"{_LEFT}{reset} while sending response to client", self.request)
        elif self.requests:
            self.log("info", f"client {self.remote_addr.decode()} closed keepalive connection{reset}")
        elif not reset:
            self.log("info", "client closed connection while waiting for request")


def _nobody_waits() -> None:
    """Nobody is to be told that the client has left."""


def _address(name: Any) -> tuple[bytes, int]:
    """The text and the port of a socket's name; `unix:` with its path for a unix socket."""
    if isinstance(name, tuple):
        return name[0].encode(), name[1]
    return b"unix:" + os.fsencode(name or ""), 0
