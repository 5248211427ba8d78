"""Subrequests on a connection: when they are served, and what their ends do."""

from __future__ import annotations

import pytest

from ngxpush.http.connection import events
from ngxpush.http.connection.states import State
from ngxpush.http.request import Request
from ngxpush.http.subrequest import make_subrequest

from .client import LEFT, Client, Later, get


def test_a_request_waits_for_what_it_asks() -> None:
    made = Client()
    assert made.send(get(b"/ask?/later")) == b""
    Later.resumes.pop()(None)
    assert made.transport.written.endswith(b"/ask")
    assert made.logged_requests == [b"/later", b"/ask"]


def test_an_answer_does_not_wait_for_a_copy_but_the_next_request_does() -> None:
    made = Client()
    assert made.send(get(b"/copy?/later") + get(b"/next")).endswith(b"/copy")
    made.advance(0)
    assert made.logged_requests == []
    Later.resumes.pop()(None)
    assert made.transport.written.endswith(b"/next")
    assert made.logged_requests == [b"/later", b"/copy", b"/next"]


@pytest.mark.parametrize("uri", [b"/ask?/stays", b"/add?/stays"])
def test_who_waits_in_a_subrequest_hears_when_the_client_leaves(uri: bytes) -> None:
    made = Client()
    made.send(get(uri))
    made.advance(0)
    made.leave()
    assert LEFT == [b"/stays"]
    assert made.logged_requests == [uri.partition(b"?")[0]]


def test_a_client_that_only_stops_sending_ends_what_it_waits_for_but_no_copy() -> None:
    asking, copying = Client(), Client()
    for made, uri in ((asking, b"/ask?/stays"), (copying, b"/copy?/stays")):
        made.send(get(uri))
        made.advance(0)
    asking.stop_sending()
    assert LEFT == [b"/stays"]
    copying.stop_sending()
    assert len(LEFT) == 1 and copying.state is State.FINISHING


def test_a_late_end_of_a_subrequest_changes_nothing() -> None:
    made = Client()
    made.send(get(b"/ask?/later"))
    made.leave()
    Later.resumes.pop()(None)
    assert made.transport.written == b""
    assert made.logged_requests == [b"/ask"]


@pytest.mark.parametrize(("uri", "status"), [(b"/close", 444), (b"/bug", 500)])
def test_a_subrequest_that_closes_takes_the_request_with_it(uri: bytes, status: int) -> None:
    made = Client()
    assert made.send(get(b"/ask?" + uri)) == b""
    assert made.closed
    assert [entry[:2] for entry in made.hosting.access] == [(b"/ask", status)]


def test_a_subrequest_begins_when_its_request_has_gone_as_far_as_it_can() -> None:
    made = Client()
    made.send(get(b"/add?/x"))
    assert made.transport.written.endswith(b"/add")
    assert made.logged_requests == [b"/x", b"/add"]


def test_a_copy_goes_on_when_the_client_has_left() -> None:
    made = Client()
    made.send(get(b"/copy?/later"))
    made.advance(0)
    made.leave()
    assert made.logged_requests == []
    Later.resumes.pop()(None)
    assert made.logged_requests == [b"/later", b"/copy"]


def test_a_subrequest_waits_for_its_client_when_its_turn_has_come() -> None:
    made = Client()
    made.transport.is_behind = True
    assert made.send(get(b"/include?/later&/drained&/drained")) == b""
    Later.resumes.pop()(None)
    assert made.transport.written.endswith(b"8\r\nmuchmore\r\n" * 2 + b"0\r\n\r\n")
    made = Client()
    made.transport.is_behind = True
    assert made.send(get(b"/include?/drained")).endswith(b"4\r\nmuch\r\n")
    made.transport.is_behind = False
    events.output_taken(made.connection)
    assert made.transport.written.endswith(b"4\r\nmore\r\n0\r\n\r\n")


def test_subrequests_without_end_leave_others_their_turn() -> None:
    made, begun = Client(), []

    def start(main: Request) -> None:
        begun.append(main)
        main.carrier.start(make_subrequest(main, b"/none"), lambda: start(main))

    made.send(get(b"/later"))
    assert made.connection.request is not None
    start(made.connection.request)
    Later.resumes.pop()(None)
    assert len(begun) == 51
    made.leave()
    made.advance(1)
    assert len(begun) == 51
