"""Bodies: where they end, and what is wrong with them."""

from __future__ import annotations

from ngxpush.http.body import ChunkedBody, LengthBody


def test_a_body_in_chunks() -> None:
    body = ChunkedBody(keep=True)
    assert body.feed(b"5\r\nHello\r\n4") is None
    assert body.feed(b"\r\n you\r\n0\r\n\r\nGET") == b"GET"
    assert (b"".join(body.pieces), body.length) == (b"Hello you", 9)


def test_a_skipped_body_in_chunks_is_not_kept() -> None:
    body = ChunkedBody(keep=False)
    assert body.feed(b"1\r\nx\r\n0\r\n\r\n") == b""
    assert not body.pieces


def test_a_body_of_known_length() -> None:
    body = LengthBody(5, keep=True)
    assert body.feed(b"He") is None
    assert body.feed(b"lloGET") == b"GET"
    assert b"".join(body.pieces) == b"Hello"


def test_a_skipped_body_is_not_kept() -> None:
    body = LengthBody(3, keep=False)
    assert body.feed(b"abcd") == b"d"
    assert not body.pieces
