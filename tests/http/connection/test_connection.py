"""Requests on a connection: one after the other, each with its answer and its end."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http import phases
from ngxpush.http.connection import events
from ngxpush.http.connection.states import State
from ngxpush.http.request import Request

from .client import LEFT, Client, Later, get, post


def test_pipelined_requests_are_answered_in_order() -> None:
    client = Client()
    answers = client.send(get(b"/1") + post(b"/2", b"skipped") + get(b"/3", b"Connection: close") + get(b"/4"))
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b"/1") < answers.index(b"/2") < answers.index(b"/3") and b"/4" not in answers
    assert client.closed
    assert [uri for uri, _, _ in client.hosting.access] == [b"/1", b"/2"]
    client.stop_sending()
    assert [uri for uri, _, _ in client.hosting.access] == [b"/1", b"/2", b"/3"]


def test_after_an_answer_that_is_spoilt_the_next_request_closes() -> None:
    client = Client()
    assert b"never sent" not in client.send(get(b"/spoilt"))
    assert client.state is State.WAITING
    assert client.send(get(b"/2") + get(b"/3")) == b""
    assert client.closed
    assert client.hosting.access[1:] == [(b"/2", 200, 0)]


def test_a_request_waits_for_the_one_before() -> None:
    client = Client()
    assert client.send(get(b"/later") + get(b"/2")) == b""
    Later.resumes.pop()(None)
    assert client.transport.written.index(b"/later") < client.transport.written.index(b"/2")


def test_many_pipelined_requests_need_no_stack() -> None:
    assert Client(keepalive_requests=10000).send(get(b"/x") * 3000).count(b"200 OK") == 3000


def test_a_skipped_body_is_waited_for_after_the_answer() -> None:
    client = Client(lingering_timeout=1000)
    assert client.send(post(b"/x", b"ab", 4)).endswith(b"/x")
    assert not client.closed
    assert client.send(b"cd" + get(b"/2")).endswith(b"/2")
    client.send(post(b"/x", b"", 4))
    client.advance(1.1)
    assert client.closed


def test_keepalive_timeout_0_closes_after_an_answer_that_says_otherwise() -> None:
    client = Client(keepalive_timeout=(0, None))
    assert b"Connection: keep-alive" in client.send(get(b"/1"))
    assert client.closed


def test_nothing_is_read_after_a_request_that_closes() -> None:
    client = Client()
    assert client.send(post(b"/close", b"abcd")) == b""
    assert [uri for uri, _, _ in client.hosting.access] == [b"/close"]


def test_post_action_comes_before_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def follow(request: Request) -> None:
        request.uri, request.progress.post_action, request.progress.uri_changes = b"/after", True, 0
        request.carrier.finish(request)

    monkeypatch.setattr(phases, "post_action", follow)
    client = Client(post_action=b"/after")
    client.send(get(b"/1") + get(b"/2"))
    assert client.transport.written.count(b"200 OK") == 2
    assert [uri for uri, _, _ in client.hosting.access] == [b"/after", b"/after"]


def test_post_action_comes_for_a_client_that_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def follow(request: Request) -> None:
        request.uri, request.progress.post_action, request.progress.uri_changes = b"/after", True, 0
        request.carrier.finish(request)

    monkeypatch.setattr(phases, "post_action", follow)
    client = Client(post_action=b"/after")
    client.send(get(b"/stream"))
    client.leave()
    assert LEFT == [b"/stream"]
    assert [uri for uri, _, _ in client.hosting.access] == [b"/after"]
    assert client.state is State.CLOSED


def test_a_handler_that_fails_is_a_500_without_a_traceback() -> None:
    client = Client()
    answer = client.send(get(b"/bug"))
    assert answer.startswith(b"HTTP/1.1 500") and b"ZeroDivision" not in answer
    assert "ZeroDivisionError" in client.hosting.logged[0]
    assert client.closed


def test_a_request_sleeps_and_is_cleaned_up_after_its_answer() -> None:
    client = Client()
    assert client.send(get(b"/sleep")) == b""
    client.advance(1.9)
    assert client.transport.written == b"" and not LEFT
    client.advance(0.2)
    assert client.transport.written.endswith(b"/sleep") and len(LEFT) == 1


def test_an_answer_that_limit_rate_holds_back_is_waited_for() -> None:
    client = Client(limit_rate=parse_complex_value(b"100"))
    client.send(get(b"/1") + get(b"/2"))
    assert client.transport.written == b"" and client.logged_requests == []
    client.transport.release()
    events.output_taken(client.connection)
    assert client.transport.written.endswith(b"/1") and client.logged_requests == [b"/1"]
