"""Bodies: read whole, passed on in pieces, skipped; and those that break or break off."""

from __future__ import annotations

import pytest

from ngxpush.http.connection.states import State

from .client import RECEIVERS, Client, Later, get, post


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
    client.advance(0.9)
    client.send(b"")
    client.advance(1.1)
    assert client.transport.closed and client.transport.written == b""
    client.leave()
    assert client.hosting.access == [(b"/body", 408, 0)]


def test_a_skipped_body_that_breaks_off_is_not_waited_for() -> None:
    client = Client()
    client.send(post(b"/x", b"a", 2))
    client.stop_sending()
    assert client.closed
    assert [uri for uri, _, _ in client.hosting.access] == [b"/x"]


@pytest.mark.parametrize("body", [b"x" * 96 * 1024, b"x" * 500_000])
def test_a_body_that_came_with_its_head_and_is_wanted_later_is_read(body: bytes) -> None:
    """With several workers, a publish hung here: reading was paused by hand, and no one resumed it."""
    client = Client()
    client.send(post(b"/later-body", body, len(body) + 10))
    assert not client.connection.wants_bytes, "it is enough for now"
    Later.resumes.pop()(None)
    assert client.connection.wants_bytes
    assert client.send(b"y" * 10).endswith(b"got " + body + b"y" * 10)


def test_while_no_one_takes_a_body_the_client_is_not_read() -> None:
    client = Client(client_body_timeout=1000)
    client.send(post(b"/pass", b"ab", 5))
    RECEIVERS[0].is_full = True
    assert not client.connection.wants_bytes
    client.advance(1.5)
    assert client.state is State.SERVING, "it is not late, it is not read"
    RECEIVERS[0].is_full = False
    assert client.connection.wants_bytes
    client.advance(1.5)
    assert client.state is State.CLOSED


def test_a_body_is_passed_on_in_pieces() -> None:
    client = Client()
    client.send(post(b"/pass", b"ab", 5))
    client.send(b"cd")
    client.send(b"e" + get(b"/2"))
    assert RECEIVERS[0].pieces == [(b"ab", False), (b"cd", False), (b"e", True)]
    Later.resumes.pop()(None)
    assert client.logged_requests == [b"/pass", b"/2"]


def test_a_body_that_is_passed_on_and_breaks_off_ends_the_request() -> None:
    client = Client()
    client.send(post(b"/pass", b"ab", 5))
    client.stop_sending()
    assert client.closed and client.hosting.access == [(b"/pass", 400, 0)]


def test_a_chunked_body_that_is_passed_on_and_broken_ends_the_request() -> None:
    client = Client()
    client.send(b"POST /pass HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx")
    assert RECEIVERS[0].status == 400


def test_a_request_without_a_body_has_an_empty_one() -> None:
    assert Client().send(get(b"/body")).endswith(b"got ")


def test_the_rest_of_a_body_that_was_passed_on_is_not_waited_for() -> None:
    client = Client()
    client.send(post(b"/pass", b"ab", 5))
    Later.resumes.pop()(None)
    assert client.state is State.LINGERING


def test_a_body_asked_for_after_the_client_has_said_its_last_word_is_400() -> None:
    client = Client()
    client.send(post(b"/later-body", b"ab", 5))
    client.stop_sending()
    assert client.state is State.FINISHING
    Later.resumes.pop()(None)
    assert client.closed and client.hosting.access == [(b"/later-body", 400, 0)]
    assert client.hosting.logged == ["client prematurely closed connection"]
