"""Bodies that are passed on as they come."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.client_body import ClientBody
from ngxpush.http.upstream.connection import Happening

from .servers import Server


@pytest.mark.parametrize(
    ("chunked", "passed"),
    [(False, [b"abcd", b"e"]), (True, [b"4\r\nabcd\r\n", b"1\r\ne\r\n0\r\n\r\n"])],
)
def test_pieces_wait_for_the_connection_and_follow_at_once(chunked: bool, passed: list[bytes]) -> None:
    body, server = ClientBody(), Server()
    body.received(b"ab", False)
    body.received(b"cd", False)
    body.pass_to(server, chunked)
    body.received(b"e", True)
    events = server.events[1:]
    assert [event.data for event in events if event.happening is Happening.CLIENT_DATA] == passed
    assert events[-1].happening is Happening.CLIENT_END


def test_a_body_that_is_here_already_is_taken_whole() -> None:
    body = ClientBody()
    body.received(b"abc", True)
    assert body.ended
    assert body.take() == b"abc"


def test_a_broken_body_is_reported() -> None:
    body, server = ClientBody(), Server()
    body.pass_to(server, False)
    body.failed(400)
    assert body.status == 400
    assert server.events[-1].happening is Happening.CLIENT_FAILED


def test_no_one_hears_of_the_rest() -> None:
    body, server = ClientBody(), Server()
    body.pass_to(server, False)
    body.stop()
    body.received(b"abc", True)
    assert len(server.events) == 1
