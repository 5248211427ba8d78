"""Requests on a connection: one after the other, with their bodies, their timeouts and their ends."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http import phases
from ngxpush.http.connection import events
from ngxpush.http.connection.states import State
from ngxpush.http.request import Request

from .client import LEFT, RECEIVERS, TUNNELLED, Client, Later, get, post


def test_pipelined_requests_are_answered_in_order() -> None:
    client = Client()
    answers = client.send(get(b"/1") + post(b"/2", b"skipped") + get(b"/3", b"Connection: close") + get(b"/4"))
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b"/1") < answers.index(b"/2") < answers.index(b"/3") and b"/4" not in answers
    assert client.closed
    assert [uri for uri, _, _ in client.process.access] == [b"/1", b"/2", b"/3"]


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
    client.advance(0.9)
    client.send(b"")
    client.advance(1.1)
    assert client.transport.closed and client.transport.written == b""
    client.leave()
    assert client.process.access == [(b"/body", 408, 0)]


def test_a_skipped_body_is_waited_for_after_the_answer() -> None:
    client = Client(lingering_timeout=1000)
    assert client.send(post(b"/x", b"ab", 4)).endswith(b"/x")
    assert not client.closed
    assert client.send(b"cd" + get(b"/2")).endswith(b"/2")
    client.send(post(b"/x", b"", 4))
    client.advance(1.1)
    assert client.closed


def test_malformed_requests_get_a_page_and_the_end() -> None:
    client = Client()
    assert client.send(b"get").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert client.closed
    assert client.process.logged == ["client sent invalid method while reading client request line"]


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


def test_keepalive_timeout_0_closes_after_an_answer_that_says_otherwise() -> None:
    client = Client(keepalive_timeout=(0, None))
    assert b"Connection: keep-alive" in client.send(get(b"/1"))
    assert client.closed


def test_lingering_reads_on_before_it_closes() -> None:
    client = Client(lingering_timeout=1000, lingering_time=2500)
    client.send(post(b"/x", b"a").replace(b"1.1", b"1.0"))
    assert client.transport.half_closed and not client.transport.closed
    for _ in range(2):
        client.advance(0.9)
        client.send(b"more")
        assert not client.transport.closed
    client.advance(0.8)
    assert client.transport.closed


def test_who_waits_is_told_before_the_connection_is_lost() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.stop_sending()
    assert len(LEFT) == 1
    client.leave()
    assert (len(LEFT), [status for _, status, _ in client.process.access]) == (1, [499])


def test_a_skipped_body_that_breaks_off_is_not_waited_for() -> None:
    client = Client()
    client.send(post(b"/x", b"a", 2))
    client.stop_sending()
    assert client.closed
    assert [uri for uri, _, _ in client.process.access] == [b"/x"]


def test_nothing_is_read_after_a_request_that_closes() -> None:
    client = Client()
    assert client.send(post(b"/close", b"abcd")) == b""
    assert [uri for uri, _, _ in client.process.access] == [b"/close"]


def test_post_action_comes_before_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def follow(request: Request) -> None:
        request.uri, request.post_action, request.uri_changes = b"/after", True, 0
        request.carrier.finish(request)

    monkeypatch.setattr(phases, "post_action", follow)
    client = Client(post_action=b"/after")
    client.send(get(b"/1") + get(b"/2"))
    assert client.transport.written.count(b"200 OK") == 2
    assert [uri for uri, _, _ in client.process.access] == [b"/after", b"/after"]


def test_who_waits_is_told_when_the_connection_is_lost() -> None:
    client = Client()
    client.send(get(b"/stream"))
    client.leave()
    assert client.process.access == [(b"/stream", 499, 0)] and LEFT == [b"/stream"]


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


def test_a_handler_that_fails_is_a_500_without_a_traceback() -> None:
    client = Client()
    answer = client.send(get(b"/bug"))
    assert answer.startswith(b"HTTP/1.1 500") and b"ZeroDivision" not in answer
    assert "ZeroDivisionError" in client.process.logged[0]
    assert client.closed


def test_a_worker_that_ends_closes_what_is_idle_and_keeps_nothing() -> None:
    client = Client()
    client.send(get(b"/later"))
    client.process.exiting = True
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
    client.process.exiting = True
    client.send(get(b"/later"))
    Later.resumes.pop()(None)
    assert client.transport.written.startswith(b"HTTP/1.1 200 OK") and client.closed


def test_a_request_sleeps_and_is_cleaned_up_after_its_answer() -> None:
    client = Client()
    assert client.send(get(b"/sleep")) == b""
    client.advance(1.9)
    assert client.transport.written == b"" and not LEFT
    client.advance(0.2)
    assert client.transport.written.endswith(b"/sleep") and len(LEFT) == 1


def test_a_client_that_leaves_in_its_sleep_is_logged_and_cleaned_up_at_once() -> None:
    client = Client()
    client.send(get(b"/sleep"))
    client.stop_sending()
    client.leave()
    assert client.process.access == [(b"/sleep", 499, 0)] and len(LEFT) == 1
    client.advance(5)
    assert client.transport.written == b""


def test_an_answer_that_limit_rate_holds_back_is_waited_for() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/1") + get(b"/2"))
    assert client.transport.written == b"" and client.logged_requests == []
    client.transport.release()
    events.output_taken(client.connection)
    assert client.transport.written.endswith(b"/1") and client.logged_requests == [b"/1"]


def test_a_client_that_leaves_a_slow_answer_is_logged_with_what_it_got() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/1"))
    client.stop_sending()
    assert client.transport.aborted and client.process.access == [(b"/1", 200, 0)]


def test_a_handler_waits_until_its_client_has_taken_what_was_sent() -> None:
    client = Client()
    client.transport.is_behind = True
    assert client.send(get(b"/drained")).endswith(b"much\r\n")
    client.transport.is_behind = False
    events.output_taken(client.connection)
    assert client.transport.written.endswith(b"more\r\n0\r\n\r\n")
    assert client.state is State.WAITING


@pytest.mark.parametrize("body", [b"x" * 96 * 1024, b"x" * 500_000])
def test_a_body_that_came_with_its_head_and_is_wanted_later_is_read(body: bytes) -> None:
    """With several workers, a publish hung here: reading was paused by hand, and no one resumed it."""
    client = Client()
    client.send(post(b"/later-body", body, len(body) + 10))
    assert not client.connection.wants_bytes, "it is enough for now"
    Later.resumes.pop()(None)
    assert client.connection.wants_bytes
    assert client.send(b"y" * 10).endswith(b"got " + body + b"y" * 10)


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
    assert client.closed and client.process.access == [(b"/pass", 400, 0)]


def test_the_rest_of_a_body_that_was_passed_on_is_not_waited_for() -> None:
    client = Client()
    client.send(post(b"/pass", b"ab", 5))
    Later.resumes.pop()(None)
    assert client.state is State.LINGERING and client.logged_requests == [b"/pass"]


def test_a_body_asked_for_after_the_client_has_said_its_last_word_is_400() -> None:
    client = Client()
    client.send(post(b"/later-body", b"ab", 5))
    client.stop_sending()
    assert client.state is State.FINISHING
    Later.resumes.pop()(None)
    assert client.closed and client.process.access == [(b"/later-body", 400, 0)]
    assert client.process.logged == ["client prematurely closed connection"]


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
    assert client.process.logged == ["client prematurely closed connection (104: Connection reset by peer)"]


def test_output_that_is_stuck_ends_the_connection() -> None:
    client = Client()
    client.send(get(b"/stream"))
    events.output_stuck(client.connection)
    assert client.transport.aborted
    assert client.process.logged == ["client timed out (110: Connection timed out) while sending to client"]
