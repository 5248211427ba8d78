"""Bodies: where they end, and what is wrong with them."""

from __future__ import annotations

import pytest

from ngxpush.http.body import BrokenBody, ChunkedBody, LengthBody, TooLargeBody


def read(data: bytes) -> tuple[bytes, bytes | None]:
    body = ChunkedBody(keep=True)
    rest = body.feed(data)
    return b"".join(body.pieces), rest


@pytest.mark.parametrize(
    ("data", "text", "rest"),
    [
        (b"0\r\n\r\n", b"", b""),
        (b"5\r\nHello\r\n4\r\n you\r\n0\r\n\r\nGET", b"Hello you", b"GET"),
        (b"A;name=value\r\n0123456789\r\n0\r\n\r\n", b"0123456789", b""),
        (b"1 \nx\n0\n\n", b"x", b""),
        (b"1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n", b"x", b""),
        (b"5\r\nHel", b"Hel", None),
        (b"1\r\nx\r\n0\r\nTrailer", b"x", None),
    ],
)
def test_chunks(data: bytes, text: bytes, rest: bytes | None) -> None:
    assert read(data) == (text, rest)


def test_chunks_cut_anywhere() -> None:
    data = b"10\r\n0123456789abcdef\r\n1;x\r\n!\r\n0\r\nA: b\r\n\r\nrest"
    for cut in range(len(data)):
        body = ChunkedBody(keep=True)
        rest = body.feed(data[:cut])
        rest = body.feed(data[cut:]) if rest is None else rest + data[cut:]
        assert (b"".join(body.pieces), rest) == (b"0123456789abcdef!", b"rest")


@pytest.mark.parametrize("data", [b"x", b"-3\r\nabc", b"\r\n0", b"0x3", b"3\r\nabcd", b"ffffffffffffffff\r\n", b"3\rx", b" 3"])
def test_broken_chunks_are_found_at_once(data: bytes) -> None:
    with pytest.raises(BrokenBody):
        read(data)


def test_a_limit_counts_what_is_announced() -> None:
    body = ChunkedBody(keep=True, limit=10)
    assert body.feed(b"5\r\n01234\r\n") is None
    with pytest.raises(TooLargeBody) as error:
        body.feed(b"6\r\n")
    assert (error.value.received, error.value.more) == (5, 6)


def test_a_body_of_known_length() -> None:
    body = LengthBody(5, keep=True)
    assert body.feed(b"He") is None
    assert body.feed(b"lloGET") == b"GET"
    assert b"".join(body.pieces) == b"Hello"


def test_a_skipped_body_is_not_kept() -> None:
    body = LengthBody(3, keep=False)
    assert body.feed(b"abcd") == b"d"
    assert not body.pieces
