"""A client's connection between the event loop and `http.connection`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.config.configuration import ListenAddress
from ngxpush.http import phases
from ngxpush.http.connection.states import State
from ngxpush.server.clients.client_transport import ClientTransport, make_protocol
from tests.http.connection import client as served
from tests.http.connection.client import FakeHosting, fake_listener, get, post

from ..fakes import FakeLoop, FakeTransport


@pytest.fixture(autouse=True)
def _simple_phases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(phases, "serve", served.serve)
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
        self.hosting.accepted = 0
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


def test_a_client_that_reads_on_is_waited_for_no_longer() -> None:
    client = Client()
    client.protocol.pause_writing()
    assert client.send(get(b"/drained")).endswith(b"much\r\n")
    client.protocol.resume_writing()
    assert client.transport.written.endswith(b"more\r\n0\r\n\r\n")


def test_a_client_that_does_not_read_is_dropped_by_send_timeout() -> None:
    client = Client(send_timeout=1000)
    client.send(get(b"/stream"))
    client.transport.unsent = 20000
    client.protocol.pause_writing()
    client.loop.advance(0.9)
    client.transport.unsent = 19000
    client.loop.advance(0.2)
    assert not client.transport.closed, "it has read something"
    client.loop.advance(1)
    assert client.transport.aborted


def test_far_too_much_unsent_ends_the_client_at_once() -> None:
    client = Client()
    client.transport.unsent = 65 * 1024 * 1024
    client.protocol.pause_writing()
    assert client.transport.aborted


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
    assert client.client.connection.proxy_protocol is not None
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
