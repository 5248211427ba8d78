"""What comes from outside: a client that leaves, a time that is up, a worker that leaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http.connection import events
from ngxpush.http.connection.connection import Connection
from ngxpush.http.connection.departure import DROPPED
from ngxpush.http.connection.states import State

from .client import LEFT, TUNNELLED, Client, Later, get


def test_timeouts_of_heads_and_idle_connections() -> None:
    silent = Client()
    silent.advance(61)
    assert silent.closed and silent.transport.written == b""
    slow = Client()
    slow.send(b"GET / HTT")
    slow.advance(61)
    assert slow.closed
    kept = Client(keepalive_timeout=(2000, None))
    kept.send(get(b"/1"))
    kept.advance(1.5)
    kept.send(get(b"/2"))
    kept.advance(1.5)
    assert not kept.closed
    kept.advance(1)
    assert kept.closed


def test_the_time_stands_while_bytes_are_taken() -> None:
    client, seen = Client(), list[float | None]()
    client.hosting.log_access = lambda request: seen.append(client.hosting.standing)  # type: ignore[method-assign]
    client.send(get(b"/1"))
    assert seen == [client.hosting.clock] and client.hosting.standing is None


def test_who_waits_hears_of_it_before_the_connection_is_lost() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.stop_sending()
    assert len(LEFT) == 1
    client.leave()
    assert (len(LEFT), [status for _, status, _ in client.hosting.access]) == (1, [499])


def test_who_waits_hears_of_it_when_the_connection_is_lost() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.leave()
    assert client.hosting.access == [(b"/stream", 499, 0)] and LEFT == [b"/stream"]


def test_a_half_closed_client_still_gets_its_answer() -> None:
    client = Client()
    client.send(get(b"/later"))
    client.stop_sending()
    Later.resumes.pop()(None)
    assert client.transport.written.endswith(b"/later") and client.transport.closed


def test_a_stream_holds_no_timer() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.advance(3600)
    assert client.connection.deadline is None and not client.closed


def test_a_worker_that_ends_closes_what_is_idle_and_keeps_nothing() -> None:
    client = Client()
    client.send(get(b"/later"))
    client.hosting.exiting = True
    events.leave(client.connection)
    assert not client.closed
    Later.resumes.pop()(None)
    assert client.closed
    kept = Client()
    kept.send(get(b"/later"))
    Later.resumes.pop()(None)
    assert not kept.closed
    events.leave(kept.connection)
    assert kept.transport.closed


def test_a_connection_just_made_outlives_the_listening_of_its_worker() -> None:
    client = Client()
    events.leave(client.connection)
    assert not client.closed
    client.hosting.exiting = True
    client.send(get(b"/later"))
    Later.resumes.pop()(None)
    assert client.transport.written.startswith(b"HTTP/1.1 200 OK") and client.closed


def test_a_client_that_leaves_in_its_sleep_is_logged_and_cleaned_up_at_once() -> None:
    client = Client()
    client.send(get(b"/sleep"))
    client.stop_sending()
    client.leave()
    assert client.hosting.access == [(b"/sleep", 499, 0)] and len(LEFT) == 1
    client.advance(5)
    assert client.transport.written == b""


def test_a_client_that_leaves_a_slow_answer_is_logged_with_what_it_got() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/1"))
    client.stop_sending()
    assert client.transport.aborted and client.hosting.access == [(b"/1", 200, 0)]


def test_a_handler_waits_until_its_client_has_taken_what_was_sent() -> None:
    client = Client()
    client.transport.is_behind = True
    assert client.send(get(b"/drained")).endswith(b"much\r\n")
    client.transport.is_behind = False
    events.output_taken(client.connection)
    assert client.transport.written.endswith(b"more\r\n0\r\n\r\n")
    assert client.state is State.WAITING


def test_a_subscriber_whose_client_has_said_its_last_word_has_left() -> None:
    client = Client()
    client.send(get(b"/later-stream"))
    client.stop_sending()
    assert LEFT == []
    Later.resumes.pop()(None)
    assert client.closed and LEFT == [b"/later-stream"]


def test_what_follows_a_switch_of_protocols_is_not_http() -> None:
    tunnel, websocket = Client(), Client()
    tunnel.send(get(b"/tunnel") + b"early")
    tunnel.send(b"late")
    assert TUNNELLED == [b"early", b"late"]
    TUNNELLED.clear()
    websocket.send(get(b"/websocket") + b"early")
    websocket.send(b"late")
    assert TUNNELLED == [b"late"]


def test_a_reset_is_logged() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.leave(reset=True)
    assert client.hosting.logged == ["client prematurely closed connection (104: Connection reset by peer)"]


RECV_FAILED = "recv() failed (104: Connection reset by peer)"
WEBSOCKET_LEFT = "push stream module: client closed prematurely connection"


@pytest.mark.parametrize(
    ("sent", "messages", "statuses"),
    [
        (b"", [RECV_FAILED + " while waiting for request"], []),
        (b"GET / HT", [RECV_FAILED + " while reading client request line"], [400]),
        (b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", [RECV_FAILED], [400]),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", [RECV_FAILED], [200]),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nab", [RECV_FAILED], [200]),
        (get(b"/tunnel"), [RECV_FAILED], [499]),
        (get(b"/websocket"), [RECV_FAILED, WEBSOCKET_LEFT + " (104: Connection reset by peer)"], [499]),
    ],
)
def test_a_reset_while_nginx_reads_is_a_failed_recv(sent: bytes, messages: list[str], statuses: list[int]) -> None:
    client = Client()
    if sent:
        client.send(sent)
    client.leave(reset=True)
    assert client.hosting.logged == messages
    assert [status for _, status, _ in client.hosting.access] == statuses


def test_the_end_of_a_websocket_is_logged_with_the_last_error_of_the_process() -> None:
    first = Client()
    first.hosting.last_error = " (11: Resource temporarily unavailable)"
    first.send(get(b"/websocket"))
    first.stop_sending()
    assert first.hosting.logged == [WEBSOCKET_LEFT + " (11: Resource temporarily unavailable)"]
    kept = Client()
    kept.hosting.last_error = " (104: Connection reset by peer)"
    kept.send(get(b"/1"))
    kept.send(get(b"/websocket"))
    kept.stop_sending()
    assert kept.hosting.logged == [WEBSOCKET_LEFT]


def test_a_client_that_closes_in_the_middle_of_an_unread_body_has_not_closed_a_kept_connection() -> None:
    client = Client()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
    client.stop_sending()
    assert (client.hosting.logged, client.state) == ([], State.CLOSED)


@pytest.mark.parametrize(("sent", "status"), [(get(b"/stream"), 200), (get(b"/later"), 0)])
def test_a_request_that_is_cut_off_keeps_the_status_it_has(sent: bytes, status: int) -> None:
    client = Client()
    client.send(sent)
    events.cut_off(client.connection)
    assert [status for _, status, _ in client.hosting.access] == [status]
    assert client.transport.aborted and client.state is State.CLOSED


def test_output_that_is_stuck_ends_the_connection() -> None:
    client = Client()
    client.send(get(b"/stream"))
    events.output_stuck(client.connection)
    assert client.transport.aborted
    assert client.hosting.logged == ["push stream module: client timed out (110: Connection timed out)"]


@pytest.mark.parametrize("too_slow", [events.output_stuck, partial(events.output_overflown, most=1)])
def test_a_request_knows_that_its_client_was_dropped(too_slow: Callable[[Connection], None]) -> None:
    client = Client()
    client.send(get(b"/stream"))
    request = client.connection.request
    assert request is not None
    too_slow(client.connection)
    assert DROPPED in request.lasting


def test_what_is_answered_after_the_worker_wants_to_end_is_the_last_answer() -> None:
    under_way, new = Client(), Client()
    under_way.send(get(b"/later"))
    for client in (under_way, new):
        client.hosting.exiting = True
        events.leave(client.connection)
        assert not client.closed
    assert under_way.connection.request is not None and not under_way.connection.request.keepalive
    Later.resumes.pop()(None)
    new.send(get(b"/x"))
    assert under_way.closed and new.closed
