"""Where bodies end, and what buffers hold back."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.body import BodyBuffers, BodyReader, ByChunks, ByLength, UntilClose


@pytest.mark.parametrize(
    ("reader", "pieces", "ended", "excess", "proper"),
    [
        (ByLength(3), [b"ab"], False, False, False),
        (ByLength(3), [b"ab", b"c"], True, False, True),
        (ByLength(3), [b"abcd"], True, True, True),
        (ByLength(0), [], True, False, True),
        (UntilClose(), [b"ab"], False, False, True),
        (ByChunks(), [b"1\r\na\r\n"], False, False, False),
        (ByChunks(), [b"0\r\n\r\nmore"], True, True, True),
    ],
)
def test_ends(reader: BodyReader, pieces: list[bytes], ended: bool, excess: bool, proper: bool) -> None:
    for piece in pieces:
        reader.feed(piece)
    assert (reader.ended, bool(reader.excess), reader.at_end()) == (ended, excess, proper)


@pytest.mark.parametrize(
    ("reader", "pieces", "passed", "held"),
    [
        (UntilClose(), [b"ab", b"c", b"d"], [b"", b"abc", b""], b"d"),  # the first buffer has room for three bytes
        (UntilClose(), [b"abcdefgh"], [b"abcdefg"], b"h"),
        (ByLength(4), [b"ab", b"cd"], [b"", b"abcd"], b""),
        (ByChunks(), [b"1", b"\r\na\r\n", b"1\r\nb\r\n"], [b"", b"", b"ab"], b""),
    ],
)
def test_buffers_pass_what_fills_them(reader: BodyReader, pieces: list[bytes], passed: list[bytes], held: bytes) -> None:
    buffers = BodyBuffers(reader, 3, 4)
    assert [buffers.feed(piece) for piece in pieces] == passed
    assert buffers.take() == held


def test_chunks_are_read_once_the_body_may_be_whole() -> None:
    """After the chunk `he…` the body needs at least `llo`, a line end, and `0` with two line ends."""
    buffers = BodyBuffers(ByChunks(), 100, 100)
    assert [buffers.feed(piece) for piece in (b"5\nhe", b"llo\n", b"0", b"\n", b"\n")] == [b"he", b"", b"", b"", b"llo"]


def test_what_comes_after_the_last_buffer_is_not_read() -> None:
    buffers = BodyBuffers(ByLength(4), 3, 4)
    assert (buffers.feed(b"abcdefghij"), buffers.unread) == (b"abcd", b"hij")
