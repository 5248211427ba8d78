"""Where bodies end, and what buffers hold back."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.body import BodyBuffers, BodyReader, ByChunks, ByLength, InvalidBody, UntilClose


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
        (UntilClose(), [b"ab", b"c", b"d"], [[b""], [b"abc"], [b""]], b"d"),  # the first buffer has room for three bytes
        (UntilClose(), [b"abcdefgh"], [[b"abcdefg"]], b"h"),
        (ByLength(4), [b"ab", b"cd"], [[b""], [b"abcd"]], b""),
        (ByChunks(), [b"1", b"\r\na\r\n", b"1\r\nb\r\n"], [[b""], [b""], [b"ab"]], b""),
    ],
)
def test_buffers_pass_what_fills_them(reader: BodyReader, pieces: list[bytes], passed: list[list[bytes]], held: bytes) -> None:
    buffers = BodyBuffers(reader, 3, [4, 4, 4], 8)
    assert [buffers.feed(piece) for piece in pieces] == passed
    assert buffers.take() == held


def test_chunks_are_read_once_the_body_may_be_whole() -> None:
    """After the chunk `he…` the body needs at least `llo`, a line end, and `0` with two line ends."""
    buffers = BodyBuffers(ByChunks(), 100, [100, 100], 200)
    assert [buffers.feed(piece) for piece in (b"5\nhe", b"llo\n", b"0", b"\n", b"\n")] == [[b"he"], [b""], [b""], [b""], [b"llo"]]


def test_the_buffers_are_filled_once() -> None:
    buffers = BodyBuffers(ByLength(4), 3, [4, 4], 8)
    assert (buffers.feed(b"abcdefghijkl"), buffers.unread) == ([b"abcd"], b"hijkl")


def test_pieces_of_busy_buffers_size() -> None:
    """The second time the buffer of the head is the last one, and the third time the first one."""
    buffers = BodyBuffers(UntilClose(), 1, [2, 4, 4, 4], 8)
    assert (buffers.feed(b"abbbbccccddddee"), buffers.unread) == ([b"abbbb", b"ccccdddd"], b"ee")
    assert (buffers.feed(b"ee"), buffers.feed(b"eeffffgggghhii")) == ([b""], [b"eeeeffff", b"gggghh"])
    assert (buffers.unread, buffers.feed(b"iijjjjkkk")) == (b"ii", [b"iijjjj"])
    assert buffers.take() == b"kkk"


def test_buffers_that_were_passed_on_together_stay_together() -> None:
    """The second time one of four bytes comes first, then that of the head and the one that was with it."""
    buffers = BodyBuffers(UntilClose(), 1, [1, 4, 4], 5)
    assert buffers.feed(b"abbbbcccc") == [b"abbbb", b"cccc"]
    assert buffers.feed(b"ddddeffff") == [b"dddde", b"ffff"]


def test_one_piece_where_the_body_ends_or_goes_to_a_file() -> None:
    assert BodyBuffers(ByLength(9), 3, [4, 4, 4], 4).feed(b"abcdefghi") == [b"abcdefghi"]
    assert BodyBuffers(UntilClose(), 3, [4, 4], 4, to_file=True).feed(b"abcdefghijk") == [b"abcdefghijk"]


def test_nothing_is_read_after_a_buffer_that_breaks_the_format() -> None:
    buffers = BodyBuffers(ByChunks(), 3, [4, 4, 4], 8)
    with pytest.raises(InvalidBody):
        buffers.feed(b"1\r\nabcdefghi")
    assert buffers.unread == b"efghi"


def test_nothing_is_read_after_a_body_that_ends_in_the_buffer_of_the_head() -> None:
    buffers = BodyBuffers(ByLength(2), 3, [4, 4, 4], 8)
    assert (buffers.feed(b"abcdefghij"), buffers.unread) == ([b"ab"], b"defghij")
