"""Requests on a connection: one after the other, with their bodies, their timeouts and their ends."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ClassVar

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.config.configuration import ListenAddress
from ngxpush.http import phases
from ngxpush.http.access.limit_zone import LimitZones
from ngxpush.http.operations import Operation, ReadBody, Sleep
from ngxpush.http.output import send_header, send_response
from ngxpush.http.request import Request
from ngxpush.http.serving_process import ServingProcess
from ngxpush.server.connection import Connection
from ngxpush.server.driver import WAITING

from ..http.fakes import make_request
from .fakes import FakeLoop, FakeTransport


class FakeWorker:
    """Everything a connection asks of its process."""

    nginx_version = b"1.22.1"
    process = ServingProcess(b"machine", 77, bytes)
    engine = None
    limit_zones = LimitZones({}, nullcontext())

    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.connections: set[Connection] = set()
        self.exiting = False
        self.accepted = self.requests = 0
        self.logged: list[str] = []
        self.access: list[tuple[bytes, int, int]] = []

    def now(self) -> float:
        return self.loop.now

    def next_connection_number(self) -> int:
        return 1

    def log_error(self, level: str, text: str | bytes, connection: Connection, request: Request | None) -> None:
        self.logged.append(text if isinstance(text, str) else text.decode("latin-1"))

    def log_access(self, request: Request) -> None:
        response = request.response
        self.access.append((request.uri, response.status, max(response.bytes_sent - response.header_size, 0)))


class Client:
    """One client of a server whose answers are made by `serve`, below."""

    def __init__(self, listen: ListenAddress | None = None, **core: Any) -> None:
        request, _ = make_request(core=core)
        self.worker = FakeWorker()
        self.transport = FakeTransport()
        self.http = request.http
        server = request.server

        class Listener:
            listen: ListenAddress
            http = request.http
            default_server = server

            def at(self, address: bytes) -> Any:
                return self

            def find_server(self, asked: Request, host: bytes) -> Any:
                return server

        Listener.listen = listen or ListenAddress()
        self.connection = Connection(self.worker, Listener())  # type: ignore[arg-type]
        self.connection.connection_made(self.transport)  # type: ignore[arg-type]

    def send(self, data: bytes) -> bytes:
        """What the server answers to these bytes."""
        self.transport.written = b""
        self.connection.data_received(data)
        return self.transport.written

    def leave(self) -> None:
        self.connection.connection_lost(None)

    @property
    def closed(self) -> bool:
        return self.transport.closed or self.transport.eof_written


class Later(Operation[None]):
    """Waits for the test."""

    resumes: ClassVar[list[Any]] = []

    def begin(self, resume: Any) -> Any:
        self.resumes.append(resume)
        return WAITING


async def _handle(request: Request) -> int:
    if request.uri == "/":
        raise AssertionError
    if request.uri == b"/body":
        body = await ReadBody(request)
        if isinstance(body, int):
            return body
        return send_response(request, 200, b"got " + body)
    if request.uri == b"/later":
        await Later()
    elif request.uri == b"/sleep":
        request.at_end(lambda: _LEFT.append(request))
        await Sleep(request, 2)
    elif request.uri == b"/stream":
        request.response.status = 200
        send_header(request)
        request.on_close = lambda: _LEFT.append(request)
        return phases.DONE
    elif request.uri == b"/bug":
        raise ZeroDivisionError
    elif request.uri == b"/close":
        return 444
    return send_response(request, 200, request.uri)


_LEFT: list[Request] = []


async def _serve(request: Request) -> None:
    await phases.finalize(request, await _handle(request))


@pytest.fixture(autouse=True)
def _simple_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "serve", _serve)
    Later.resumes = []
    _LEFT.clear()


def get(uri: bytes, *headers: bytes) -> bytes:
    return b"GET %b HTTP/1.1\r\nHost: a\r\n%b\r\n" % (uri, b"".join(header + b"\r\n" for header in headers))


def post(uri: bytes, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (uri, size, body)


def test_pipelined_requests_are_answered_in_order() -> None:
    client = Client()
    answers = client.send(get(b"/1") + post(b"/2", b"skipped") + get(b"/3", b"Connection: close") + get(b"/4"))
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b"/1") < answers.index(b"/2") < answers.index(b"/3") and b"/4" not in answers
    assert client.closed
    assert [uri for uri, _, _ in client.worker.access] == [b"/1", b"/2", b"/3"]


def test_a_request_waits_for_the_one_before() -> None:
    client = Client()
    assert client.send(get(b"/later") + get(b"/2")) == b""
    Later.resumes.pop()(None)
    assert client.transport.written.index(b"/later") < client.transport.written.index(b"/2")


def test_many_pipelined_requests_need_no_stack() -> None:
    assert Client(keepalive_requests=10000).send(get(b"/x") * 3000).count(b"200 OK") == 3000


def test_a_body_may_come_in_pieces() -> None:
    client = Client()
    assert client.send(post(b"/body", b"ab", 4)) == b""
    assert client.send(b"c") == b""
    assert client.send(b"dGET /x HTTP/1.0\r\n\r\n").endswith(b"/x")
    assert b"got abcd" in client.transport.written


def test_a_chunked_body_over_the_limit_is_413() -> None:
    client = Client(client_max_body_size=3)
    answer = client.send(b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n")
    assert answer.startswith(b"HTTP/1.1 413") and b"Connection: close" in answer
    assert client.closed


def test_a_broken_chunked_body_is_400() -> None:
    for uri in (b"/body", b"/skipped"):
        client = Client()
        answer = client.send(b"POST %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx" % uri)
        assert answer.startswith(b"HTTP/1.1 400") and client.closed


@pytest.mark.parametrize(
    ("request_head", "continued"),
    [
        (b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n", True),
        (b"GET /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", True),
        (b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: x\r\n\r\n", False),
        (b"POST /body HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", False),
    ],
)
def test_100_continue(request_head: bytes, continued: bool) -> None:
    assert Client().send(request_head).startswith(b"HTTP/1.1 100 Continue\r\n\r\n") == continued


def test_a_body_that_stops_coming_is_408_without_an_answer() -> None:
    client = Client(client_body_timeout=1000)
    client.send(post(b"/body", b"a", 2))
    client.worker.loop.advance(0.9)
    client.send(b"")
    client.worker.loop.advance(1.1)
    assert client.transport.closed and client.transport.written == b""
    client.leave()
    assert client.worker.access == [(b"/body", 408, 0)]


def test_a_skipped_body_is_waited_for_after_the_answer() -> None:
    client = Client(lingering_timeout=1000)
    assert client.send(post(b"/x", b"ab", 4)).endswith(b"/x")
    assert not client.closed
    assert client.send(b"cd" + get(b"/2")).endswith(b"/2")
    client.send(post(b"/x", b"", 4))
    client.worker.loop.advance(1.1)
    assert client.closed


def test_malformed_requests_get_a_page_and_the_end() -> None:
    client = Client()
    assert client.send(b"get").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert client.closed
    assert client.worker.logged == ["client sent invalid method while reading client request line"]


def test_timeouts_of_heads_and_idle_connections() -> None:
    silent = Client()
    silent.worker.loop.advance(61)
    assert silent.closed and silent.transport.written == b""
    slow = Client()
    slow.send(b"GET / HTT")
    slow.worker.loop.advance(61)
    assert slow.closed
    kept = Client(keepalive_timeout=(2000, None))
    kept.send(get(b"/1"))
    kept.worker.loop.advance(1.5)
    kept.send(get(b"/2"))
    kept.worker.loop.advance(1.5)
    assert not kept.closed
    kept.worker.loop.advance(1)
    assert kept.closed


def test_keepalive_timeout_0_closes_after_an_answer_that_says_otherwise() -> None:
    client = Client(keepalive_timeout=(0, None))
    assert b"Connection: keep-alive" in client.send(get(b"/1"))
    assert client.closed


def test_lingering_reads_on_before_it_closes() -> None:
    client = Client(lingering_timeout=1000, lingering_time=2500)
    client.send(post(b"/x", b"a").replace(b"1.1", b"1.0"))
    assert client.transport.eof_written and not client.transport.closed
    for _ in range(2):
        client.worker.loop.advance(0.9)
        client.send(b"more")
        assert not client.transport.closed
    client.worker.loop.advance(0.8)
    assert client.transport.closed


def test_who_waits_is_told_before_the_connection_is_lost() -> None:
    client = Client()
    client.send(get(b"/stream"))
    assert not client.connection.eof_received()
    assert len(_LEFT) == 1
    client.leave()
    assert (len(_LEFT), [status for _, status, _ in client.worker.access]) == (1, [499])


def test_a_skipped_body_that_breaks_off_is_not_waited_for() -> None:
    client = Client()
    client.send(post(b"/x", b"a", 2))
    assert not client.connection.eof_received()
    assert client.closed
    assert [uri for uri, _, _ in client.worker.access] == [b"/x"]


def test_nothing_is_read_behind_a_request_that_closes() -> None:
    client = Client()
    assert client.send(post(b"/close", b"abcd")) == b""
    assert [uri for uri, _, _ in client.worker.access] == [b"/close"]


def test_post_action_comes_before_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def follow(request: Request) -> None:
        request.uri, request.progress.post_action, request.progress.uri_changes = b"/after", True, 0
        request.connection.finish(request)

    monkeypatch.setattr(phases, "post_action", follow)
    client = Client(post_action=b"/after")
    client.send(get(b"/1") + get(b"/2"))
    assert client.transport.written.count(b"200 OK") == 2
    assert [uri for uri, _, _ in client.worker.access] == [b"/after", b"/after"]


def test_who_waits_is_told_when_the_client_leaves() -> None:
    client = Client()
    client.send(get(b"/stream"))
    assert client.connection.eof_received() is False
    client.leave()
    assert len(_LEFT) == 1 and client.worker.connections == set()
    client = Client()
    client.send(get(b"/stream"))
    client.leave()
    assert client.worker.access == [(b"/stream", 499, 0)]


def test_a_half_closed_client_still_gets_its_answer() -> None:
    client = Client()
    client.send(get(b"/later"))
    assert client.connection.eof_received() is True
    Later.resumes.pop()(None)
    assert client.transport.written.endswith(b"/later") and client.transport.closed


def test_a_client_that_does_not_read_is_dropped_by_send_timeout() -> None:
    client = Client(send_timeout=1000)
    client.send(get(b"/stream"))
    client.transport.unsent = 20000
    client.connection.pause_writing()
    client.worker.loop.advance(0.9)
    client.transport.unsent = 19000
    client.worker.loop.advance(0.2)
    assert not client.closed, "it has read something"
    client.worker.loop.advance(1)
    assert client.transport.aborted


def test_a_stream_holds_no_timer() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.worker.loop.advance(3600)
    assert client.worker.loop.pending == 0 and not client.closed


def test_a_handler_that_fails_is_a_500_without_a_traceback() -> None:
    client = Client()
    answer = client.send(get(b"/bug"))
    assert answer.startswith(b"HTTP/1.1 500") and b"ZeroDivision" not in answer
    assert "ZeroDivisionError" in client.worker.logged[0]
    assert client.closed


def test_a_worker_that_ends_closes_what_is_idle_and_keeps_nothing() -> None:
    client = Client()
    client.send(get(b"/later"))
    client.worker.exiting = True
    client.connection.close_idle()
    assert not client.closed
    Later.resumes.pop()(None)
    assert client.closed
    kept = Client()
    kept.send(get(b"/later"))
    Later.resumes.pop()(None)
    assert not kept.closed
    kept.connection.close_idle()
    assert kept.transport.closed


def test_a_connection_just_made_outlives_the_listening_of_its_worker() -> None:
    client = Client()
    client.connection.close_idle()
    assert not client.closed
    client.worker.exiting = True
    client.send(get(b"/later"))
    Later.resumes.pop()(None)
    assert client.transport.written.startswith(b"HTTP/1.1 200 OK") and client.closed


def test_a_request_sleeps_and_is_cleaned_up_after_its_answer() -> None:
    client = Client()
    assert client.send(get(b"/sleep")) == b""
    client.worker.loop.advance(1.9)
    assert client.transport.written == b"" and not _LEFT
    client.worker.loop.advance(0.2)
    assert client.transport.written.endswith(b"/sleep") and len(_LEFT) == 1


def test_a_client_that_leaves_in_its_sleep_is_logged_and_cleaned_up_at_once() -> None:
    client = Client()
    client.send(get(b"/sleep"))
    assert client.connection.eof_received() is False
    client.leave()
    assert client.worker.access == [(b"/sleep", 499, 0)] and len(_LEFT) == 1
    client.worker.loop.advance(5)
    assert client.transport.written == b""


def test_an_answer_with_limit_rate_goes_second_by_second_and_the_next_request_waits_for_it() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/" + b"x" * 120) + get(b"/2"))
    sizes = [len(client.transport.written)]
    for _ in range(2):
        client.worker.loop.advance(1)
        sizes.append(len(client.transport.written))
    whole = client.transport.written.index(b"x" * 120) + 120
    assert sizes == [100, 200, whole + 100]
    client.worker.loop.advance(3)
    assert client.transport.written.endswith(b"/2")


def test_a_client_that_leaves_a_slow_answer_is_logged_with_what_it_got() -> None:
    client = Client(limit_rate=parse_complex_value(b"200"))
    client.send(get(b"/" + b"x" * 1000))
    assert client.connection.eof_received() is False and client.transport.aborted
    client.leave()
    ((_, status, sent),) = client.worker.access
    head = client.transport.written.index(b"\r\n\r\n") + 4
    assert (status, sent) == (200, 200 - head)
    assert client.worker.loop.pending == 0


def test_a_proxy_header_comes_before_the_first_request_only() -> None:
    listen = ListenAddress(options=(("proxy_protocol", True),))
    client = Client(listen)
    assert client.send(b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + get(b"/1")).endswith(b"/1")
    assert client.connection.proxy_protocol is not None
    assert client.send(get(b"/2")).endswith(b"/2")
    bare = Client(listen)
    assert bare.send(get(b"/1")) == b"" and bare.closed
    assert bare.worker.logged[0].startswith('broken header: "GET /1')
