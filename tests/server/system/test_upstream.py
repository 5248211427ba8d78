"""Connections to servers: what happens on them becomes events, one at a time."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ngxpush.config.directives.gateways.tls import UpstreamTls
from ngxpush.http.forwarded import ClientAddress
from ngxpush.http.operations import WAITING
from ngxpush.http.upstream.connection import Endpoint, Happening, PeerEvent, Tls
from ngxpush.server.system.upstream import UpstreamConnection
from ngxpush.server.tls.upstream_contexts import UpstreamContexts

from ..fakes import FakeLoop, FakeTransport


class _Connecting:
    """The task that would connect."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Loop(FakeLoop):
    def create_task(self, coroutine: Coroutine[Any, Any, None]) -> _Connecting:
        coroutine.close()
        return _Connecting()


class Transport(FakeTransport):
    def get_extra_info(self, name: str) -> Any:
        return None


class Upstream:
    """A connection on a loop that is only a clock."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.transport = Transport()
        self.connection = UpstreamConnection(self.loop, Endpoint(b"192.0.2.1", 80), 0.0, UpstreamContexts(), set().discard)  # type: ignore[arg-type]
        self.heard: list[PeerEvent] = []

    def connected(self) -> Upstream:
        self.connection.connection_made(self.transport)  # type: ignore[arg-type]
        self.wait()
        return self

    def wait(self, seconds: float | None = 5, held: bool = False) -> None:
        event = self.connection.wait(seconds, self.heard.append, held)
        if event is not WAITING:
            self.heard.append(event)

    @property
    def happened(self) -> list[Happening]:
        return [event.happening for event in self.heard]


def test_events_wait_until_they_are_asked_for() -> None:
    upstream = Upstream().connected()
    upstream.connection.data_received(b"a")
    upstream.connection.data_received(b"b")
    upstream.connection.connection_lost(None)
    for _ in range(3):
        upstream.wait()
    assert [(event.happening, event.data) for event in upstream.heard[1:]] == [
        (Happening.DATA, b"a"),
        (Happening.DATA, b"b"),
        (Happening.END, b""),
    ]


def test_one_end_though_both_sides_close() -> None:
    upstream = Upstream().connected()
    upstream.connection.eof_received()
    upstream.connection.connection_lost(ConnectionResetError(104, "reset"))
    upstream.wait()
    upstream.wait()
    upstream.loop.advance(6)
    assert upstream.happened == [Happening.CONNECTED, Happening.END, Happening.TIMED_OUT]


def test_a_broken_connection_has_its_error() -> None:
    upstream = Upstream().connected()
    upstream.wait()
    upstream.connection.connection_lost(ConnectionResetError(104, "reset"))
    assert upstream.heard[-1].error is not None


def test_time_counts_anew_for_each_event() -> None:
    upstream = Upstream().connected()
    upstream.wait(5)
    upstream.loop.advance(4)
    upstream.connection.data_received(b"a")
    upstream.wait(5)
    upstream.loop.advance(4)
    assert upstream.happened == [Happening.CONNECTED, Happening.DATA]
    upstream.loop.advance(2)
    assert upstream.happened[-1] is Happening.TIMED_OUT


def test_a_client_that_leaves_comes_before_everything() -> None:
    upstream = Upstream().connected()
    upstream.connection.data_received(b"a")
    upstream.connection.client_left()
    upstream.wait()
    assert upstream.happened[-1] is Happening.CLIENT_LEFT


def test_a_server_that_sends_too_fast_is_not_read() -> None:
    upstream = Upstream().connected()
    upstream.connection.data_received(b"a" * 70000)
    assert not upstream.transport.reading
    upstream.wait()
    assert upstream.transport.reading


def test_while_the_client_does_not_read_what_the_server_sends_waits_and_little_is_read() -> None:
    upstream = Upstream().connected()
    upstream.wait(None, held=True)
    upstream.connection.data_received(b"a" * 70000)
    upstream.connection.eof_received()
    upstream.loop.advance(1000)
    assert upstream.happened == [Happening.CONNECTED] and not upstream.transport.reading
    upstream.connection.client_sent()
    upstream.wait(None, held=True)
    upstream.connection.client_taken()
    for _ in range(2):
        upstream.wait()
    assert upstream.happened[1:] == [Happening.CLIENT_DATA, Happening.CLIENT_TAKEN, Happening.DATA, Happening.END]
    assert upstream.transport.reading


def test_a_server_that_does_not_read_makes_the_connection_full_until_it_has_read() -> None:
    upstream = Upstream().connected()
    upstream.transport.protocol = upstream.connection
    upstream.transport.slow = True
    upstream.connection.send(b"a" * 60_000)
    assert not upstream.connection.is_full
    upstream.connection.send(b"a" * 60_000)
    assert upstream.connection.is_full
    upstream.transport.read_on(120_000)
    upstream.wait()
    assert not upstream.connection.is_full and upstream.happened[-1] is Happening.TAKEN


def test_the_same_news_of_the_client_is_kept_once() -> None:
    upstream = Upstream().connected()
    for _ in range(3):
        upstream.connection.client_sent()
    for _ in range(2):
        upstream.wait()
    upstream.loop.advance(6)
    assert upstream.happened[1:] == [Happening.CLIENT_DATA, Happening.TIMED_OUT]


def test_after_the_close_nothing_happens() -> None:
    upstream = Upstream().connected()
    upstream.wait()
    upstream.connection.close()
    upstream.connection.data_received(b"a")
    upstream.loop.advance(10)
    assert upstream.happened == [Happening.CONNECTED]
    assert upstream.transport.aborted
    assert upstream.loop.pending == 0


class _Reset:
    """A socket whose other side has reset it."""

    def getsockopt(self, level: int, option: int) -> int:
        return errno.ECONNRESET


def test_a_server_that_is_gone_before_tls_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    upstream = Upstream()
    upstream.connection = _with_tls(upstream)
    monkeypatch.setattr(upstream.transport, "get_extra_info", lambda name: _Reset())
    upstream.connected()
    assert upstream.happened == [Happening.FAILED]
    assert isinstance(upstream.heard[0].error, ConnectionResetError)
    assert not upstream.transport.written


@pytest.mark.parametrize("silently", [False, True])
def test_tls_has_its_last_word_before_the_close(silently: bool) -> None:
    """An alert that uvloop has not written yet is not lost."""
    upstream = Upstream()
    upstream.connection = _with_tls(upstream)
    upstream.connected()
    upstream.connection.data_received(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    upstream.connection.close(silently)
    assert upstream.transport.aborted is silently
    upstream.loop.advance(0)
    assert upstream.transport.aborted


def _with_tls(upstream: Upstream) -> UpstreamConnection:
    endpoint = Endpoint(b"192.0.2.1", 443, tls=Tls(UpstreamTls()))
    return UpstreamConnection(upstream.loop, endpoint, 0.0, UpstreamContexts(), set().discard)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "end",
    [
        lambda upstream: upstream.loop.advance(61),
        lambda upstream: upstream.connection.eof_received(),
        lambda upstream: upstream.connection.data_received(b"what?"),
    ],
)
def test_an_idle_connection_is_dropped(end: Callable[[Upstream], object]) -> None:
    upstream = Upstream().connected()
    dropped: list[bool] = []
    upstream.connection.rest(60, lambda: dropped.append(True))
    end(upstream)
    assert dropped == [True]
    assert upstream.transport.closed


def test_an_idle_connection_can_be_used_again() -> None:
    upstream = Upstream().connected()
    upstream.connection.rest(60, lambda: upstream.heard.clear())
    upstream.connection.resume_use()
    upstream.loop.advance(100)
    upstream.wait()
    upstream.connection.data_received(b"a")
    assert upstream.happened == [Happening.CONNECTED, Happening.DATA]


async def first_event(endpoint: Endpoint) -> PeerEvent:
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[PeerEvent] = loop.create_future()
    connection = UpstreamConnection(loop, endpoint, 0.0, UpstreamContexts(), set().discard)
    assert connection.wait(5, heard.set_result, False) is WAITING
    event = await heard
    connection.close()
    return event


@pytest.mark.parametrize("with_port", [False, True])
def test_a_connection_from_an_address_of_ones_own(with_port: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        own = ClientAddress(b"127.0.0.2", port if with_port else 0)
        assert asyncio.run(first_event(Endpoint(b"127.0.0.1", port, bind=own))).happening is Happening.CONNECTED
        address, own_port = server.accept()[1]
        assert (address, own_port == port) == ("127.0.0.2", with_port)


@pytest.mark.parametrize(
    ("own", "shown", "error"),
    [
        (ClientAddress(b"192.0.2.1"), b"192.0.2.1", errno.EADDRNOTAVAIL),
        (ClientAddress(b"::1", 5), b"[::1]:5", errno.EAFNOSUPPORT),
    ],
)
def test_an_address_that_is_not_ones_own(own: ClientAddress, shown: bytes, error: int) -> None:
    event = asyncio.run(first_event(Endpoint(b"127.0.0.1", 1, bind=own)))
    assert (event.happening, event.data) == (Happening.NOT_BOUND, shown)
    assert event.error is not None and event.error.errno == error


def test_a_real_connection_and_a_refused_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert asyncio.run(first_event(Endpoint(b"127.0.0.1", port))).happening is Happening.CONNECTED
    event = asyncio.run(first_event(Endpoint(b"127.0.0.1", port)))
    assert event.happening is Happening.FAILED
    assert isinstance(event.error, ConnectionRefusedError)
    assert event.error.strerror == "Connection refused"  # not asyncio's own words
    missing = asyncio.run(first_event(Endpoint(b"", 0, b"/no/such/socket")))
    assert isinstance(missing.error, FileNotFoundError)
