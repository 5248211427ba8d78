"""Chunked bodies, whole and broken, in any cut."""

from __future__ import annotations

import pytest

from ngxpush.http.chunks import Chunks, InvalidChunks, TooLargeBody


def read(data: bytes, step: int) -> tuple[bytes, bool, bytes]:
    """Body, whether it has ended, and what came after it, in the same piece."""
    chunks = Chunks()
    body = rest = b""
    for place in range(0, len(data), step):
        piece, rest = chunks.feed(data[place : place + step])
        body += piece
        if chunks.ended:
            break
    return body, chunks.ended, rest


@pytest.mark.parametrize("step", [1, 4, 1000])
@pytest.mark.parametrize(
    ("data", "body", "ended"),
    [
        (b"5\r\nhello\r\n3 ; x=y\r\n, y\r\n2\nou\n0\r\nTrailer: t\r\n\r\n", b"hello, you", True),
        (b"0000000000000000000000000000000005;\r\nhello\n00;a\n\n", b"hello", True),
        (b"7ffffffffffffff\r\nab", b"ab", False),
        (b"A\tx\n0123456789\r\n0\n\r", b"0123456789", False),
        (b"800000000000000", b"", False),
        (b"A;name=value\r\n0123456789\r\n0\r\n\r\n", b"0123456789", True),
        (b"1 \nx\n0\n\n", b"x", True),
        (b"1\r\nx\r\n0\r\nTrailer", b"x", False),
    ],
)
def test_in_any_cut(data: bytes, body: bytes, ended: bool, step: int) -> None:
    assert read(data, step)[:2] == (body, ended)


def test_what_comes_after_the_end() -> None:
    assert read(b"0\r\n\r\nmore", 1000) == (b"", True, b"more")


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize(
    "data",
    [b"x", b"\r", b"\n", b" 5", b"-5", b"0x", b"5\rx", b"5;a\rb", b"2\nabc", b"1\na\rx", b"0\n\rx", b"0\nA: b\rc", b"1\na\n\n"],
)
def test_the_first_wrong_byte_is_refused(data: bytes, step: int) -> None:
    with pytest.raises(InvalidChunks):
        read(data, step)


@pytest.mark.parametrize("data", [b"800000000000000\n", b"800000000000000;", b"11111111111111111", b"ffffffffffffffff\r"])
def test_too_large_a_chunk(data: bytes) -> None:
    with pytest.raises(InvalidChunks):
        read(data, 1)


@pytest.mark.parametrize(
    ("data", "least"),
    [(b"", 3), (b"0", 2), (b"5", 10), (b"5;x", 10), (b"5\nhe", 7), (b"1\na", 4), (b"1\na\r", 4), (b"0\n", 1), (b"0\nA", 2)],
)
def test_the_fewest_bytes_to_the_end(data: bytes, least: int) -> None:
    chunks = Chunks()
    chunks.feed(data)
    assert chunks.least == least


def test_a_limit_counts_what_is_announced() -> None:
    chunks = Chunks(limit=10)
    assert chunks.feed(b"5\r\n01234\r\n") == (b"01234", b"")
    with pytest.raises(TooLargeBody) as error:
        chunks.feed(b"6\r\n")
    assert (error.value.received, error.value.more) == (5, 6)
