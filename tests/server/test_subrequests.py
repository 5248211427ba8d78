"""Subrequests on a connection: when they are served, and what their ends do."""

from __future__ import annotations

import pytest

from ngxpush.http import phases
from ngxpush.http.operations import Answered
from ngxpush.http.output import send_response
from ngxpush.http.request import Request
from ngxpush.http.subrequest import make_subrequest

from .test_connection import Client, Later, get

LEFT: list[bytes] = []


def _note_leaving(request: Request) -> None:
    request.on_close = lambda: LEFT.append(request.uri)


async def _handle(request: Request) -> int:
    if request.parent is None and request.uri == b"/ask":
        await Answered(make_subrequest(request, request.args))
    elif request.parent is None and request.uri in (b"/copy", b"/add"):
        copy = make_subrequest(request, request.args)
        copy.background = request.uri == b"/copy"
        request.connection.start(copy, lambda: None)
    if request.uri == b"/later":
        await Later()
    elif request.uri == b"/stays":
        _note_leaving(request)
        return phases.DONE
    elif request.uri == b"/stays-behind":
        await Later()
        return phases.DONE
    elif request.uri == b"/close":
        return 444
    elif request.uri == b"/bug":
        raise ZeroDivisionError
    return send_response(request, 200, request.uri)


async def _serve(request: Request) -> None:
    await phases.finalize(request, await _handle(request))


@pytest.fixture(autouse=True)
def _simple_phases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "serve", _serve)
    Later.resumes = []
    LEFT.clear()


def logged(made: Client) -> list[bytes]:
    return [uri for uri, _, _ in made.worker.access]


def test_a_request_waits_for_what_it_asks() -> None:
    made = Client()
    assert made.send(get(b"/ask?/later")) == b""
    Later.resumes.pop()(None)
    assert made.transport.written.endswith(b"/ask")
    assert logged(made) == [b"/later", b"/ask"]


def test_an_answer_does_not_wait_for_a_copy_but_the_next_request_does() -> None:
    made = Client()
    assert made.send(get(b"/copy?/later") + get(b"/next")).endswith(b"/copy")
    made.worker.loop.advance(0)
    assert logged(made) == []
    Later.resumes.pop()(None)
    assert made.transport.written.endswith(b"/next")
    assert logged(made) == [b"/later", b"/copy", b"/next"]


@pytest.mark.parametrize("uri", [b"/ask?/stays", b"/add?/stays"])
def test_who_waits_in_a_subrequest_is_told_when_the_client_leaves(uri: bytes) -> None:
    made = Client()
    made.send(get(uri))
    made.worker.loop.advance(0)
    made.leave()
    assert LEFT == [b"/stays"]
    assert logged(made) == [uri.partition(b"?")[0]]


def test_a_client_that_only_stops_sending_ends_what_it_waits_for_but_no_copy() -> None:
    asking, copying = Client(), Client()
    for made, uri in ((asking, b"/ask?/stays"), (copying, b"/copy?/stays")):
        made.send(get(uri))
        made.worker.loop.advance(0)
    assert not asking.connection.eof_received()
    assert LEFT == [b"/stays"]
    assert copying.connection.eof_received()
    assert len(LEFT) == 1


def test_a_late_end_of_a_subrequest_changes_nothing() -> None:
    made = Client()
    made.send(get(b"/ask?/later"))
    made.leave()
    Later.resumes.pop()(None)
    assert made.transport.written == b""
    assert logged(made) == [b"/ask"]


@pytest.mark.parametrize(("uri", "status"), [(b"/close", 444), (b"/bug", 500)])
def test_a_subrequest_that_closes_takes_the_request_with_it(uri: bytes, status: int) -> None:
    made = Client()
    assert made.send(get(b"/ask?" + uri)) == b""
    assert made.closed
    assert [entry[:2] for entry in made.worker.access] == [(b"/ask", status)]


def test_what_was_abandoned_is_not_begun() -> None:
    made = Client()
    made.send(get(b"/add?/later"))
    made.leave()
    made.worker.loop.advance(0)
    assert Later.resumes == []


def test_a_copy_goes_on_when_the_client_has_left() -> None:
    made = Client()
    made.send(get(b"/copy?/later"))
    made.worker.loop.advance(0)
    made.leave()
    assert logged(made) == []
    Later.resumes.pop()(None)
    assert logged(made) == [b"/later", b"/copy"]


def test_a_request_that_outlived_its_client_is_logged() -> None:
    made = Client()
    made.send(get(b"/stays-behind"))
    request = made.connection.request
    assert request is not None
    request.outlives_client = True
    made.leave()
    assert logged(made) == []
    request.outlives_client = False
    Later.resumes.pop()(None)
    assert [entry[:2] for entry in made.worker.access] == [(b"/stays-behind", 499)]
