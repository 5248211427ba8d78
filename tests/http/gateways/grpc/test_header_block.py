"""Header blocks. The bytes and the messages are nginx 1.22.1's (tests/differential/test_grpc.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.grpc.header_block import HeaderBlock, InvalidBlock


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\x88", (b":status", b"200")),
        (b"\xbd", (b"www-authenticate", b"")),
        (b"\x7d\x01a", (b"www-authenticate", b"a")),
        (b"\x0f\x01\x01a", (b"accept-encoding", b"a")),
        (b"\x1f\x01\x01a", (b"accept-encoding", b"a")),
        (b"\x00\x01a\x00", (b"a", b"")),
        (b"\x40\x81\x1f\x81\x1f", (b"a", b"a")),
        (b"\x10\x01\xff\x05 9\x01\x7f ", (b"\xff", b" 9\x01\x7f ")),
        (b"\x20\x00\x01:\x01b", (b":", b"b")),
        (b"\x00\x7f\x81\x00" + b"x" * 128 + b"\x01b", (b"x" * 128, b"b")),
    ],
)
def test_lines_in_pieces_of_any_size(data: bytes, line: tuple[bytes, bytes]) -> None:
    for cut in range(len(data) + 1):
        block = HeaderBlock()
        assert [*block.lines(data[:cut]), *block.lines(data[cut:])] == [line]
        block.end()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80", b"upstream sent invalid http2 table index: 0"),
        (b"\xbe", b"upstream sent invalid http2 table index: 62"),
        (b"\xff\x00", b"upstream sent invalid http2 table index: 127"),
        (b"\x7e\x01a", b"upstream sent invalid http2 table index: 62"),
        (b"\x0f\x2f\x01a", b"upstream sent invalid http2 table index: 62"),
        (b"\x0f\x81\x01\x01a", b"upstream sent http2 table index with continuation flag"),
        (b"\x21", b"upstream sent invalid http2 dynamic table size update: 1"),
        (b"\x3f\x00", b"upstream sent invalid http2 dynamic table size update: 31"),
        (b"\x00\x00\x01a", b"upstream sent zero http2 header name length"),
        (b"\x00\x84\xff\xff\xff\xff\x01a", b"upstream sent invalid encoded header"),
        (b"\x00\x81\x00\x01a", b"upstream sent invalid encoded header"),
        (b"\x00\x01a\x7f\x81\x80\x80\x80\x04", b"upstream sent too large http2 header value length"),
        (b"\x00\x03fOo\x01a", b'upstream sent invalid header: "fOo: a"'),
        (b"\x00\x03f:o\x01a", b'upstream sent invalid header: "f:o: a"'),
        (b"\x00\x03f o\x01a", b'upstream sent invalid header: "f o: a"'),
        (b"\x00\x03f\x7fo\x01a", b'upstream sent invalid header: "f\x7fo: a"'),
        (b"\x00\x01a\x03b\nc", b'upstream sent invalid header: "a: b\nc"'),
        (b"\x00\x01a\x03b\x00c", b'upstream sent invalid header: "a: b\x00c"'),
    ],
)
def test_what_is_refused(data: bytes, message: bytes) -> None:
    lines = HeaderBlock().lines(b"\x88" + data)
    assert next(lines) == (b":status", b"200")
    with pytest.raises(InvalidBlock) as refused:
        next(lines)
    assert refused.value.args == (message,)


def test_a_block_that_breaks_off() -> None:
    block = HeaderBlock()
    assert list(block.lines(b"\x88\x00\x05ab")) == [(b":status", b"200")]
    with pytest.raises(InvalidBlock, match="truncated"):
        block.end()
