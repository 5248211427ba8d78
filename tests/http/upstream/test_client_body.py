"""Bodies that are passed on as they come."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from ngxpush.http.upstream.client_body import ClientBody
from ngxpush.http.upstream.outflow import Frame, unframed


@pytest.mark.parametrize(
    ("frame", "pieces"),
    [(unframed, [b"abcd", b"e"]), (lambda data, last: b"<%b%d>" % (data, last), [b"<abcd0>", b"<e1>"])],
)
def test_pieces_wait_until_they_are_taken(frame: Frame, pieces: list[bytes]) -> None:
    body, server = ClientBody(), Mock()
    body.received(b"ab", False)
    body.received(b"cd", False)
    body.pass_to(server, frame)
    first = body.next()
    assert not body.is_sent and not server.client_sent.called
    body.received(b"e", True)
    server.client_sent.assert_called_once_with()
    assert not body.is_sent
    assert [first, body.next()] == pieces
    assert body.is_sent


def test_no_more_is_wanted_while_much_waits() -> None:
    body = ClientBody()
    body.received(b"x" * 65_536)
    assert not body.is_full
    body.received(b"x")
    assert body.is_full
    body.next()
    assert not body.is_full


def test_a_body_that_is_here_already_is_taken_whole() -> None:
    body = ClientBody()
    body.received(b"abc", True)
    assert body.ended
    assert body.take() == b"abc"


def test_a_broken_body_is_reported() -> None:
    body, server = ClientBody(), Mock()
    body.pass_to(server)
    body.failed(400)
    assert body.status == 400
    server.client_failed.assert_called_once_with()


def test_no_one_hears_of_the_rest() -> None:
    body, server = ClientBody(), Mock()
    body.pass_to(server)
    body.stop()
    body.received(b"abc", True)
    assert not server.client_sent.called
