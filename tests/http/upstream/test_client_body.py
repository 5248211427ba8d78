"""Bodies that are passed on as they come."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from ngxpush.http.upstream.client_body import ClientBody


@pytest.mark.parametrize(
    ("chunked", "pieces"),
    [(False, [b"abcd", b"e"]), (True, [b"4\r\nabcd\r\n", b"1\r\ne\r\n0\r\n\r\n"])],
)
def test_pieces_wait_until_they_are_taken(chunked: bool, pieces: list[bytes]) -> None:
    body, server = ClientBody(), Mock()
    body.received(b"ab", False)
    body.received(b"cd", False)
    body.pass_to(server, chunked)
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
    body.pass_to(server, False)
    body.failed(400)
    assert body.status == 400
    server.client_failed.assert_called_once_with()


def test_no_one_hears_of_the_rest() -> None:
    body, server = ClientBody(), Mock()
    body.pass_to(server, False)
    body.stop()
    body.received(b"abc", True)
    assert not server.client_sent.called
