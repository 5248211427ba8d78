"""Texts and numbers in heads of HTTP/2. The bytes are nginx 1.22.1's (tests/differential/test_grpc.py)."""

from __future__ import annotations

import pytest
from hpack.exceptions import HPACKDecodingError

from ngxpush.http.header_coding import decoded_text, encoded_line, encoded_text

_LOCALHOST = bytes.fromhex("a0e41d139d09")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (b"", b"\x00"),
        (b"/a?b", b"\x04/a?b"),
        (b"PUT", b"\x03PUT"),
        (b"trailers", b"\x86M\x835\x05\xb1\x1f"),
        (b"\x00" * 127, b"\x7f\x00" + b"\x00" * 127),
        (b"\x00" * 400, b"\x7f\x91\x02" + b"\x00" * 400),
        (b"a" * 300, b"\xff\x3d" + b"\x18\xc61\x8cc" * 37 + b"\x18\xc6?"),
    ],
)
def test_a_text_is_huffman_coded_if_that_is_shorter(text: bytes, written: bytes) -> None:
    assert encoded_text(text) == written


def test_a_line_is_written_out() -> None:
    assert encoded_line(b"te", b"trailers") == b"\x00\x02te\x86M\x835\x05\xb1\x1f"


def test_whole_bytes_of_padding_are_taken() -> None:
    assert [decoded_text(_LOCALHOST + b"\xff" * count) for count in range(4)] == [b"localhost"] * 4
    with pytest.raises(HPACKDecodingError):
        decoded_text(_LOCALHOST + b"\xff" * 4)


def test_padding_is_of_ones() -> None:
    with pytest.raises(HPACKDecodingError):
        decoded_text(_LOCALHOST + b"\0")
