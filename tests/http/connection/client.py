"""One client of a connection: bytes in, bytes out, time that passes when the test says so. Requests are answered by `handle`."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ClassVar

from ngxpush.config.configuration import ListenAddress
from ngxpush.http import phases
from ngxpush.http.access.limit_zone import LimitZones
from ngxpush.http.body_output import Output
from ngxpush.http.connection import events
from ngxpush.http.connection.connection import Connection
from ngxpush.http.connection.states import State
from ngxpush.http.content.stub_status import Counters
from ngxpush.http.limit_rate import Rate
from ngxpush.http.operations import WAITING, Answered, Drained, Operation, ReadBody, Sleep
from ngxpush.http.output import send_body, send_header, send_response
from ngxpush.http.recorder import Debugging
from ngxpush.http.request import ClientConnection, Request
from ngxpush.http.routing import Listener
from ngxpush.http.serving_process import ServingProcess
from ngxpush.http.subrequest import make_subrequest
from tests.http.fakes import make_request


class FakeHosting:
    """A process whose clock stands still until `advance`; notes what is logged."""

    nginx_version = b"1.22.1"
    process = ServingProcess(b"machine", 77, bytes, 500_000)
    engine = None
    performer: Any = None
    counters = Counters(1, 1, 1, 1, 0, 1, 0)
    limit_zones = LimitZones({}, nullcontext())
    debugs = Debugging.OFF

    def __init__(self) -> None:
        self.clock = 1000.0
        self.exiting = False
        self.requests = 0
        self.last_error = ""
        self.standing: float | None = None
        self.reusable: dict[Any, None] = {}
        self.logged: list[str] = []
        self.access: list[tuple[bytes, int, int]] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self.clock

    time = now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (self.clock + seconds, next(self._numbers), callback))

    def call_due(self) -> None:
        while self._timers and self._timers[0][0] <= self.clock:
            heapq.heappop(self._timers)[2]()

    def realpath(self, path: bytes) -> bytes:
        return path

    def next_connection_number(self) -> int:
        return 1

    def debugging(self, client: bytes) -> Debugging:
        return self.debugs

    def log_error(
        self, level: str, text: str | bytes, connection: ClientConnection, listener: Listener, request: Request | None
    ) -> None:
        self.logged.append(text if isinstance(text, str) else text.decode("latin-1"))

    def log_access(self, request: Request) -> None:
        response = request.response
        self.access.append((request.uri, response.status, max(response.bytes_sent - response.header_size, 0)))


class FakeTransport:
    """Notes what a connection wants of it. held: what limit_rate holds back, until `release`."""

    def __init__(self) -> None:
        self.written = b""
        self.held: bytes | None = None
        self.closed = self.aborted = self.half_closed = False
        self.is_behind = False
        self.write: Callable[[bytes], None] = self._write
        self.use_write: Callable[[], None] = lambda: None

    def _write(self, data: bytes) -> None:
        assert not self.closed, "written after the end"
        self.written += data

    def _hold(self, data: bytes) -> None:
        self.held = (self.held or b"") + data

    @property
    def is_paced(self) -> bool:
        return bool(self.held)

    def pace(self, rate: Rate) -> None:
        self.write = self._hold
        self.use_write()

    def end_pace(self) -> int:
        held, self.held = self.held or b"", None
        self.write = self._write
        return len(held)

    def release(self) -> None:
        held, self.held = self.held or b"", None
        self._write(held)

    def fulfil(self) -> None:
        """The tests look at the wishes themselves."""

    def half_close(self) -> None:
        self.half_closed = True

    def close(self) -> None:
        self.closed = True

    def overflown(self) -> None:
        self.aborted = True

    def abort(self) -> int:
        self.closed = self.aborted = True
        return 0


def fake_listener(listen: ListenAddress | None = None, **core: Any) -> Any:
    """The only server of an address. core: settings of http_core."""
    request, _ = make_request(core=core)

    class Listener:
        has_tls = speaks_http2 = has_patterns = False

        http = request.http
        default_server = request.server
        local: ClassVar[dict[bytes, Any]] = {}

        def at(self, address: bytes) -> Any:
            return self

        def find_server(self, asked: Request, host: bytes) -> Any:
            return self.default_server

    made = Listener()
    made.listen = listen or ListenAddress()  # type: ignore[attr-defined]
    return made


class Client:
    """A client, and the connection it has."""

    def __init__(self, **core: Any) -> None:
        self.hosting = FakeHosting()
        self.transport = FakeTransport()
        ends = (b"127.0.0.1", 40000), (b"127.0.0.1", 8080)
        self.connection = Connection(self.hosting, self.transport, fake_listener(**core), *ends)
        self.transport.use_write = self.connection.use_write

    def send(self, data: bytes) -> bytes:
        """What the server answers to these bytes."""
        self.transport.written = b""
        events.receive(self.connection, data)
        return self.transport.written

    def stop_sending(self) -> None:
        events.end_of_input(self.connection)

    def leave(self, reset: bool = False) -> None:
        events.lost(self.connection, reset)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.hosting.clock += seconds
        self.hosting.call_due()
        deadline = self.connection.deadline
        if deadline is not None and deadline <= self.hosting.clock:
            events.time_is_up(self.connection)

    @property
    def state(self) -> State:
        return self.connection.state

    @property
    def closed(self) -> bool:
        return self.transport.closed or self.transport.half_closed

    @property
    def logged_requests(self) -> list[bytes]:
        return [uri for uri, _, _ in self.hosting.access]


class Later(Operation[None]):
    """Waits for the test: `Later.resumes`."""

    resumes: ClassVar[list[Any]] = []

    def perform(self, performer: Any, resume: Any) -> Any:
        self.resumes.append(resume)
        return WAITING


LEFT: list[bytes] = []
"""URIs of requests whose `on_close` was called, as their client has left, or that were cleaned up."""

TUNNELLED: list[bytes] = []
"""What came through a tunnel."""


class Receiver:
    """Takes a body in pieces."""

    def __init__(self) -> None:
        self.pieces: list[tuple[bytes, bool]] = []
        self.status = 0
        self.is_full = False

    def received(self, data: bytes, ended: bool = False) -> None:
        self.pieces.append((data, ended))

    def failed(self, status: int) -> None:
        self.status = status


RECEIVERS: list[Receiver] = []


class TunnelEnd:
    """Takes what comes through a tunnel."""

    is_full = False

    def received(self, data: bytes, ended: bool = False) -> None:
        TUNNELLED.append(data)

    def failed(self, status: int) -> None:
        """Nothing can fail here."""


TUNNEL_ENDS: list[TunnelEnd] = []


def _wants_to_know(request: Request) -> None:
    request.on_close = lambda: LEFT.append(request.uri)


def _open(request: Request) -> None:
    """Begin an answer, as for a subscriber, who may have left by now."""
    request.response.status = 200
    send_header(request)
    send_body(request, b"beginning", flush=True)
    if request.gone:
        LEFT.append(request.uri)


async def _subrequests(request: Request) -> None:
    subrequest = make_subrequest(request, request.args)
    if request.uri == b"/ask":
        await Answered(subrequest)
    elif request.uri in (b"/copy", b"/add"):
        subrequest.background = request.uri == b"/copy"
        request.carrier.start(subrequest, lambda: request.carrier.end_subrequest(subrequest))


def _include(request: Request) -> None:
    """Answer with the answers of subrequests, one for each argument."""
    request.response.status = 200
    send_header(request)
    output = request.response.output
    assert isinstance(output, Output)
    for uri in request.args.split(b"&"):
        output.ask(make_subrequest(request, uri), None)
    send_body(request, b"", last=True)


async def _say_where(request: Request) -> int:
    """Answer with the name of the file that the body is in."""
    body = await ReadBody(request)
    file = request.input.body_file
    return body if isinstance(body, int) else send_response(request, 200, b"in " + (b"memory" if file is None else file.name))


async def _begin(request: Request) -> int:
    """Begin an answer. Of a spoilt one the client gets no more."""
    if request.uri == b"/later-open":
        await Later()
    _open(request)
    if request.uri == b"/spoilt":
        request.carrier.spoil()
        send_body(request, b"never sent", flush=True)
        request.carrier.finish(request)
    return phases.DONE


async def handle(request: Request) -> int:
    """What the URI says."""
    if request.parent is None and request.args:
        await _subrequests(request)
    match request.uri:
        case b"/body" | b"/later-body":
            if request.uri == b"/later-body":
                await Later()
            body = await ReadBody(request, in_memory=True)
            return body if isinstance(body, int) else send_response(request, 200, b"got " + body)
        case b"/file":
            return await _say_where(request)
        case b"/pass":
            receiver = Receiver()
            RECEIVERS.append(receiver)
            request.carrier.pass_body(request, receiver)
            await Later()
        case b"/later":
            await Later()
        case b"/sleep":
            request.at_end(lambda: LEFT.append(request.uri))
            await Sleep(request, 2)
        case b"/later-open" | b"/spoilt":
            return await _begin(request)
        case b"/stream" | b"/stays":
            request.response.status = 200
            send_header(request)
            _wants_to_know(request)
            return phases.DONE
        case b"/later-stream":
            await Later()
            _wants_to_know(request)
            return phases.DONE
        case b"/later-bug":
            await Later()
            raise ZeroDivisionError
        case b"/tunnel":
            _wants_to_know(request)
            TUNNEL_ENDS.append(TunnelEnd())
            request.carrier.tunnel(TUNNEL_ENDS[-1])
            return phases.DONE
        case b"/websocket":
            _wants_to_know(request)
            request.carrier.switch_protocols(TUNNELLED.append)
            return phases.DONE
        case b"/drained":
            request.response.status = 200
            send_header(request)
            send_body(request, b"much", flush=True)
            await Drained(request)
            send_body(request, b"more", last=True)
            return phases.OK
        case b"/include":
            _include(request)
            return phases.OK
        case b"/returns-nothing":
            await Later()
            return phases.DONE
        case b"/bug":
            raise ZeroDivisionError
        case b"/close":
            return 444
    return send_response(request, 200, request.uri)


async def serve(request: Request) -> None:
    """In the place of `phases.serve`."""
    await phases.finalize(request, await handle(request))


def begin() -> None:
    """Before each test."""
    Later.resumes = []
    LEFT.clear()
    TUNNELLED.clear()
    RECEIVERS.clear()
    TUNNEL_ENDS.clear()


def get(uri: bytes, *headers: bytes) -> bytes:
    return b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n" % (uri, b"".join(header + b"\r\n" for header in headers))


def post(uri: bytes, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (uri, size, body)
