"""What is read for a while after an answer, and when its request ends."""

from __future__ import annotations

import pytest

from ngxpush.http.connection.states import State

from .client import Client, get, post

ONCE = b"Connection: close"


@pytest.mark.parametrize(
    ("directive", "sent", "lingers"),
    [
        ("on", get(b"/x", ONCE), False),
        ("on", get(b"/x", ONCE) + b"more", True),
        ("on", post(b"/x", b"a").replace(b"1.1", b"1.0"), True),
        ("on", get(b"/x"), False),
        ("on", b"bye\n", True),
        ("on", b"GET / HTTP/1.1\r\n\r\n", False),
        ("on", b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n", True),
        ("off", post(b"/x", b"a").replace(b"1.1", b"1.0"), False),
        ("always", get(b"/x", ONCE), True),
    ],
)
def test_which_connections_linger(directive: str, sent: bytes, lingers: bool) -> None:
    client = Client(lingering_close=directive)
    client.send(sent)
    assert (client.state is State.LINGERING) is lingers
    assert len(client.hosting.access) == (not lingers)
    client.leave()
    assert len(client.hosting.access) == 1


@pytest.mark.parametrize("body", [post(b"/x", b"a"), post(b"/x", b"a", 9), post(b"/x", b"a") + b"more"])
def test_after_an_answer_that_a_header_filter_has_refused_there_is_no_lingering(body: bytes) -> None:
    client = Client(lingering_close="always")
    assert b" 412 " in client.send(body.replace(b"\r\n", b'\r\nIf-Match: "a"\r\n', 1))
    assert client.transport.closed and [status for _, status, _ in client.hosting.access] == [412]


def test_a_client_that_pauses_too_long_is_not_waited_for() -> None:
    client = Client(lingering_timeout=1000, lingering_time=2500)
    client.send(post(b"/x", b"a").replace(b"1.1", b"1.0"))
    assert client.transport.half_closed and not client.transport.closed
    client.advance(0.9)
    client.send(b"more")
    client.advance(0.9)
    assert not client.transport.closed and client.hosting.access == []
    client.advance(0.2)
    assert client.transport.closed and client.hosting.access == [(b"/x", 200, 2)]


def test_a_client_that_sends_too_long_is_not_waited_for() -> None:
    client = Client(lingering_timeout=1000, lingering_time=2500)
    client.send(post(b"/x", b"a").replace(b"1.1", b"1.0"))
    for _ in range(3):
        client.advance(0.6)
        client.send(b"more")
        assert not client.transport.closed
    client.advance(0.6)
    client.send(b"more")
    client.advance(0)
    assert client.transport.closed


def test_the_connection_counts_as_writing_and_as_waiting() -> None:
    client = Client(lingering_close="always")
    client.send(get(b"/x", ONCE))
    assert client.connection.activities == ("writing", "waiting")


def test_after_a_refused_head_the_connection_counts_as_reading_and_as_waiting() -> None:
    client = Client(lingering_close="always")
    client.send(b"GET /%00 HTTP/1.1\r\n\r\n")
    assert client.connection.activities == ("reading", "waiting")
