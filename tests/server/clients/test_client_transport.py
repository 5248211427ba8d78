"""A client's connection between the event loop and `http.connection`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from unittest.mock import Mock

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.config.configuration import ListenAddress
from ngxpush.http import phases
from ngxpush.http.connection.states import State
from ngxpush.http.connection.surroundings import MOST_WAITING
from ngxpush.server.clients.client_transport import ClientTransport
from ngxpush.server.clients.opening import make_protocol
from ngxpush.server.clients.worker_connections import WorkerConnections
from tests.http.connection import client as served
from tests.http.connection.client import FakeHosting, fake_listener, get, post

from ..fakes import FakeLoop, FakeTransport


@pytest.fixture(autouse=True)
def _simple_phases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(phases, "serve", served.serve)
    monkeypatch.setattr(phases, "begin", served.serve)
    served.begin()
    yield


class Client:
    """A client of a server that runs on a loop whose time stands still."""

    def __init__(self, listen: ListenAddress | None = None, **core: Any) -> None:
        self.loop = FakeLoop()
        self.hosting = cast(Any, FakeHosting())
        self.hosting.loop = self.loop
        self.hosting.now = self.hosting.time = self.loop.time
        self.hosting.connections = set()
        self.hosting.accepted = self.hosting.handled = 0
        self.hosting.slots = WorkerConnections(512, 0, self.hosting.connections, Mock())
        self.hosting.allocator = Mock()
        self.transport = FakeTransport()
        self.protocol: Any = make_protocol(self.hosting, fake_listener(listen, **core))
        self.transport.protocol = self.protocol
        self.protocol.connection_made(self.transport)
        (self.client,) = cast("set[ClientTransport]", self.hosting.connections)

    def send(self, data: bytes) -> bytes:
        """What the server answers to these bytes."""
        self.transport.written = b""
        self.transport.protocol.data_received(data)
        return self.transport.written

    def write(self, data: bytes) -> None:
        """Send a piece of the open answer."""
        serving = self.client.connection.serving
        assert serving is not None
        serving.write(data)

    @property
    def state(self) -> State:
        return self.client.connection.state


def test_a_connection_is_counted_while_it_is_there() -> None:
    client = Client()
    assert client.hosting.accepted == 1
    assert client.send(get(b"/1")).endswith(b"/1")
    client.protocol.connection_lost(None)
    assert client.hosting.connections == set() and client.state is State.CLOSED


def test_deadlines_become_timers_and_none_is_left_of_them() -> None:
    client = Client(keepalive_timeout=(2000, None))
    client.send(get(b"/1"))
    client.loop.advance(1.5)
    client.send(get(b"/2"))
    client.loop.advance(1.5)
    assert not client.transport.closed
    client.loop.advance(1)
    assert client.transport.closed
    client.protocol.connection_lost(None)
    assert client.loop.pending == 0


def test_a_stream_holds_no_timer() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.loop.advance(3600)
    assert client.loop.pending == 0 and not client.transport.closed


def test_reading_stops_when_enough_is_there_and_goes_on_when_it_is_wanted() -> None:
    client = Client()
    client.send(post(b"/later-body", b"x" * 100_000, 100_001))
    assert not client.transport.reading
    served.Later.resumes.pop()(None)
    assert client.transport.reading
    assert client.send(b"y").endswith(b"got " + b"x" * 100_000 + b"y")


def _slow(**core: Any) -> Client:
    """A client of a stream that does not read by itself, with more than the transport keeps waiting for it."""
    client = Client(**core)
    client.send(get(b"/stream"))
    client.transport.slow = True
    client.write(b"x" * 20_000)
    return client


def test_a_client_that_reads_on_is_waited_for_no_longer() -> None:
    client = Client()
    client.transport.slow = True
    client.transport.write(b"x" * 20_000)
    assert client.send(get(b"/drained")) == b""
    client.transport.read_on(20_000)
    assert client.transport.written.endswith(b"more\r\n0\r\n\r\n")


def test_what_is_sent_to_a_client_that_is_behind_waits_and_keeps_its_order() -> None:
    client = _slow()
    client.transport.written = b""
    for piece in (b"a" * 50_000, b"b" * 50_000, b"c"):
        client.write(piece)
    assert client.transport.written == b"" and client.client.unsent == 120_001
    client.transport.read_on(20_000)
    assert client.transport.written == b"a" * 50_000 + b"b" * 50_000
    client.transport.read_on(100_000)
    assert client.transport.written.endswith(b"bc")
    client.transport.read_on(1)
    client.transport.slow = False
    client.write(b"d")
    assert client.transport.written.endswith(b"bcd") and not client.client.is_behind


def test_a_client_that_takes_nothing_is_dropped_by_send_timeout() -> None:
    client = _slow(send_timeout=1000)
    client.loop.advance(0.9)
    client.write(b"more does not help")
    client.loop.advance(0.2)
    assert client.transport.aborted
    ((_, _, sent),) = client.hosting.access
    assert sent < 20_000, "the log says what was taken"


def test_a_client_that_takes_little_is_not_dropped_however_much_waits() -> None:
    client = _slow(send_timeout=1000)
    for _ in range(20):
        client.write(b"x" * 1000)
        client.transport.read_on(10)
        client.loop.advance(0.9)
    assert not client.transport.closed
    client.loop.advance(1.3)
    assert client.transport.aborted


def test_what_waits_for_one_client_is_bounded() -> None:
    client = _slow()
    written = 0
    while not client.transport.aborted:
        client.write(b"x" * 100_000)
        written += 100_000
    assert MOST_WAITING < written <= MOST_WAITING + 200_000
    assert client.hosting.logged == [f"client reads too slowly: more than {MOST_WAITING} bytes wait for it"]
    client.write(b"nothing more is kept")
    client.hosting.allocator.much_is_free.assert_called_once_with()
    client.protocol.connection_lost(None)
    assert client.client.unsent == client.transport.unsent


def test_one_piece_may_have_any_size() -> None:
    client = _slow()
    client.write(b"x" * (MOST_WAITING + 1))
    assert not client.transport.closed


def test_what_waits_is_sent_before_the_connection_closes() -> None:
    client = Client(send_timeout=1000)
    client.transport.slow = True
    client.transport.write(b"x" * 20_000)
    client.send(get(b"/1", b"Connection: close"))
    assert not client.transport.closed
    client.transport.read_on(20_000)
    assert client.transport.written.endswith(b"/1") and client.transport.closed and not client.transport.aborted
    client.loop.advance(1.3)
    assert client.transport.aborted, "send_timeout counts for the last bytes, too"


def test_a_client_that_does_not_read_its_answers_gets_no_further_ones() -> None:
    client = Client()
    client.transport.slow = True
    client.transport.write(b"x" * 20_000)
    client.send(get(b"/1") + get(b"/2"))
    assert client.hosting.requests == 1
    client.transport.read_on(20_000)
    client.transport.read_on(20_000)
    assert client.transport.written.endswith(b"/2")


def test_an_answer_with_limit_rate_goes_second_by_second_and_the_next_request_waits_for_it() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/" + b"x" * 120) + get(b"/2"))
    sizes = [len(client.transport.written)]
    for _ in range(2):
        client.loop.advance(1)
        sizes.append(len(client.transport.written))
    whole = client.transport.written.index(b"x" * 120) + 120
    assert sizes == [100, 200, whole + 100]
    client.loop.advance(3)
    assert client.transport.written.endswith(b"/2")


def test_a_client_that_leaves_a_slow_answer_is_logged_with_what_it_got() -> None:
    client = Client(limit_rate=parse_complex_value(b"200"))
    client.send(get(b"/" + b"x" * 1000))
    client.protocol.eof_received()
    assert client.transport.aborted
    client.protocol.connection_lost(None)
    ((_, status, sent),) = client.hosting.access
    head = client.transport.written.index(b"\r\n\r\n") + 4
    assert (status, sent) == (200, 200 - head)
    assert client.loop.pending == 0


def test_a_proxy_header_comes_before_the_first_request_only() -> None:
    listen = ListenAddress(options=(("proxy_protocol", True),))
    client = Client(listen)
    assert client.send(b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 80\r\n" + get(b"/1")).endswith(b"/1")
    assert client.client.connection.facts.proxy_protocol is not None
    assert client.send(get(b"/2")).endswith(b"/2")
    bare = Client(listen)
    assert bare.send(get(b"/1")) == b"" and bare.transport.closed
    assert bare.hosting.logged[0].startswith('broken header: "GET /1')
    silent = Client(listen)
    silent.loop.advance(61)
    assert silent.transport.closed


def test_a_client_whose_address_is_lost_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has reset its connection before it was taken up; without an address no rule could be applied to it."""
    monkeypatch.setattr(FakeTransport, "get_extra_info", lambda self, name: None)
    client = Client()
    assert client.transport.aborted
    assert client.send(get(b"/1")) == b"" and client.hosting.requests == 0
