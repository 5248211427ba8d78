"""Where bodies end, and what buffers hold back."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.body import BodyBuffers, BodyReader, ByChunks, ByLength, InvalidChunks, UntilClose

_CHUNKS = b"5\r\nhello\r\n3 ; x=y\r\n, y\r\n2\nou\n0\r\nTrailer: t\r\n\r\n"


@pytest.mark.parametrize("step", [1, 4, 1000])
def test_chunks_in_any_cut(step: int) -> None:
    reader = ByChunks()
    body = b"".join(reader.feed(_CHUNKS[place : place + step]) for place in range(0, len(_CHUNKS), step))
    assert body == b"hello, you"
    assert reader.ended
    assert not reader.excess


@pytest.mark.parametrize("data", [b"x\r\n", b"\r\n", b"2\r\nabc\r\n"])
def test_chunks_that_are_none(data: bytes) -> None:
    with pytest.raises(InvalidChunks):
        ByChunks().feed(data)


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
    assert (reader.ended, reader.excess, reader.at_end()) == (ended, excess, proper)


@pytest.mark.parametrize(
    ("reader", "pieces", "passed", "held"),
    [
        (UntilClose(), [b"ab", b"c", b"d"], [b"", b"abc", b""], b"d"),  # the first buffer has room for three bytes
        (UntilClose(), [b"abcdefgh"], [b"abcdefg"], b"h"),
        (ByLength(4), [b"ab", b"cd"], [b"", b"abcd"], b""),
        (ByChunks(), [b"1\r\na\r\n", b"1\r\nb\r\n"], [b"a", b"b"], b""),
    ],
)
def test_buffers_pass_what_fills_them(reader: BodyReader, pieces: list[bytes], passed: list[bytes], held: bytes) -> None:
    buffers = BodyBuffers(reader, 3, 4)
    assert [buffers.feed(piece) for piece in pieces] == passed
    assert buffers.take() == held
