"""A request that is served, while its client is there and after that."""

from __future__ import annotations

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.http.status import OK

from .client import LEFT, Client, Later, get, post


def test_a_request_that_outlived_its_client_is_logged() -> None:
    made = Client()
    made.send(get(b"/returns-nothing"))
    request = made.connection.request
    assert request is not None
    request.outlives_client = True
    made.leave()
    assert made.logged_requests == []
    request.outlives_client = False
    Later.resumes.pop()(None)
    assert [entry[:2] for entry in made.hosting.access] == [(b"/returns-nothing", 499)]


def test_a_client_that_left_before_its_subscription_was_answered_is_told_so_and_not_paced() -> None:
    """With several workers the zone answers later: then the answer begins for no one."""
    made = Client(limit_rate=parse_complex_value(b"100"))
    made.send(get(b"/later-open"))
    made.leave()
    Later.resumes.pop()(None)
    assert LEFT == [b"/later-open"]
    assert made.transport.held is None and made.transport.written == b""
    assert made.hosting.logged == []


def test_a_coroutine_that_dies_after_its_client_has_left_is_reported() -> None:
    made = Client()
    made.send(get(b"/later-bug"))
    made.leave()
    Later.resumes.pop()(None)
    (line,) = made.hosting.logged
    assert line.startswith("request failed inside ngxpush") and "ZeroDivisionError" in line


def test_a_client_that_is_gone_has_no_body() -> None:
    made = Client()
    made.send(post(b"/later-body", b"a", 2))
    made.leave()
    Later.resumes.pop()(None)
    assert made.logged_requests == [b"/later-body"] and made.hosting.logged == []


def test_a_request_that_has_ended_holds_no_body() -> None:
    made = Client()
    made.send(get(b"/ask?/later"))
    request = made.connection.request
    assert request is not None
    request.input.body = b"large"
    Later.resumes.pop()(None)
    assert made.logged_requests == [b"/later", b"/ask"] and request.input.body is None


def test_what_a_request_asks_after_its_end_has_no_effect() -> None:
    made = Client()
    made.send(get(b"/later"))
    request = made.connection.request
    assert request is not None
    Later.resumes.pop()(None)
    request.carrier.finish(request)
    assert request.carrier.discard_body(request) == OK
    assert made.logged_requests == [b"/later"] and made.hosting.logged == []
