"""The last requests."""

from __future__ import annotations

import pytest

from ngxpush.config.role import Role
from ngxpush.console.recording import KEPT, RecordedRequests, open_request
from ngxpush.push.observing import End
from tests.console.opened import ended
from tests.server.observing.observers import ObservedSite


def test_the_last_ones_are_kept() -> None:
    requests = RecordedRequests()
    for number in range(KEPT + 5):
        requests.request_ended(ended(number=number))
    assert requests.total == KEPT + 5
    newest = requests.newest()
    assert len(newest) == KEPT
    assert (newest[0].connection, newest[-1].connection) == (KEPT + 4, 5)
    assert [request.connection for request in requests.newest(2)] == [KEPT + 4, KEPT + 3]


def test_what_is_known_of_one() -> None:
    requests = RecordedRequests()
    requests.request_ended(ended("POST /pub HTTP/1.1", 403, body=b"x", body_length=9, address=b"192.0.2.9", peer=b"127.0.0.1"))
    (request,) = requests.newest()
    assert (request.line, request.status, request.sent) == (b"POST /pub HTTP/1.1", 403, 300)
    assert (request.body, request.length, request.address, request.peer) == (b"x", 9, b"192.0.2.9", b"127.0.0.1")
    assert (request.started, request.ended) == (1e9, 1e9 + 0.25)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, ""),
        ({"explanation": b"Empty messages are not allowed."}, "Empty messages are not allowed."),
        ({"reached": 3}, "reached 3"),
        ({"began": True}, "the client left"),
        ({"status": 404, "role": Role("statistics", None), "channels": (b"a",)}, "there is no channel a"),
        ({"began": True, "end": End.TIME_OVER}, "its time was over"),
    ],
)
def test_outcome(facts: dict[str, object], outcome: str) -> None:
    requests = RecordedRequests()
    requests.request_ended(ended(**facts))  # type: ignore[arg-type]
    assert requests.newest()[0].outcome == outcome


def test_an_open_request() -> None:
    request = open_request(ObservedSite().asked("/sub?id=a"))
    assert request.ended is None
    assert request.line == b"GET /sub?id=a HTTP/1.1"
    assert request.location is not None
    assert request.channels == (b"a",)
