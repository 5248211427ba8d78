"""Compressed heads. The errors and their words are those of nginx 1.22.1."""

from __future__ import annotations

import pytest
from h2.errors import ErrorCodes

from ngxpush.http.http2.frames import BrokenFrame
from ngxpush.http.http2.head_decoder import HeadDecoder


def _lines(block: bytes) -> list[tuple[bytes, bytes]]:
    return list(HeadDecoder(512, 2048).lines(block, 0, True))


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (b"\x82", [(b":method", b"GET")]),
        (b"\x01\x09localhost", [(b":authority", b"localhost")]),
        (b"\x11\x09localhost", [(b":authority", b"localhost")]),
        (b"\0\x01a\x01b", [(b"a", b"b")]),
        (b"\x40\x81\x1f\x81\x1f\xbe", [(b"a", b"a")] * 2),
        (b"\x40\x01a\x01b\x7e\x01c", [(b"a", b"b"), (b"a", b"c")]),
        (b"\x3f\xe1\x1f\x82\x20", [(b":method", b"GET")]),
        (b"\0\x01a\x7f\x01" + b"b" * 128, [(b"a", b"b" * 128)]),
        (b"\0\x01a\xff\x81\x03" + b"\x18\xc6\x31\x8c\x63" * 102 + b"\x1f\xff", [(b"a", b"a" * 817)]),
    ],
)
def test_lines(block: bytes, lines: list[tuple[bytes, bytes]]) -> None:
    assert _lines(block) == lines


def test_a_line_may_come_in_pieces() -> None:
    decoder, line = HeadDecoder(512, 2048), b"\0\x01a\x0abbbbbccccc"
    assert list(decoder.lines(line[:6], 3, False)) == []
    assert list(decoder.lines(line[6:9], 0, False)) == []
    assert list(decoder.lines(line[9:], 0, True)) == [(b"a", b"bbbbbccccc")]


def test_the_last_line_has_to_be_whole() -> None:
    decoder = HeadDecoder(512, 2048)
    assert list(decoder.lines(b"\0\x01a\x20bb", 2, True)) == []
    with pytest.raises(BrokenFrame, match="incorrect length"):
        list(decoder.lines(b"bb", 0, True))


@pytest.mark.parametrize(
    ("block", "error", "message"),
    [
        (b"\0\0\x01a", ErrorCodes.PROTOCOL_ERROR, "client sent zero header name length"),
        (b"\x80", ErrorCodes.COMPRESSION_ERROR, "client sent invalid hpack table index 0"),
        (b"\xff\0", ErrorCodes.COMPRESSION_ERROR, "client sent out of bound hpack table index: 65"),
        (b"\x7f\x30\x01a", ErrorCodes.COMPRESSION_ERROR, "client sent out of bound hpack table index: 49"),
        (b"\x40\x01a\x01b\x20\xbe", ErrorCodes.COMPRESSION_ERROR, "client sent out of bound hpack table index: 0"),
        (b"\x3f\xe9\x26", ErrorCodes.COMPRESSION_ERROR, "client sent invalid table size update: 5000"),
        (b"\xff\x80\x80\x80\x01", ErrorCodes.COMPRESSION_ERROR, "client sent header block with too long header index value"),
        (b"\0\x7f\xff\xff\xff\x7f", ErrorCodes.COMPRESSION_ERROR, "client sent header field with too long length value"),
        (b"\0\x01a\x81\0", ErrorCodes.COMPRESSION_ERROR, "client sent invalid encoded header field"),
        (b"", ErrorCodes.FRAME_SIZE_ERROR, "client sent header block with incorrect length"),
        (b"\xff", ErrorCodes.FRAME_SIZE_ERROR, "client sent header block with incorrect length"),
        (b"\0\x01a", ErrorCodes.FRAME_SIZE_ERROR, "client sent header block with incorrect length"),
        (b"\0\x05ab", ErrorCodes.FRAME_SIZE_ERROR, "client sent header field with incorrect length"),
        (b"\0\x01a\x7f\x82\x03" + b"b" * 513, ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header field"),
        (b"\x40\x01a\x7f\x01" + b"b" * 128 + b"\xbe" * 15, ErrorCodes.ENHANCE_YOUR_CALM, "client sent too large header"),
    ],
)
def test_what_ends_the_connection(block: bytes, error: ErrorCodes, message: str) -> None:
    with pytest.raises(BrokenFrame) as broken:
        _lines(block)
    assert (broken.value.error, broken.value.message) == (error, message)
