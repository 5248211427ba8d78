"""UTF-8 as nginx reads it."""

from __future__ import annotations

import pytest

from ngxpush import utf8


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a", (1, 0x61)),
        (b"\xd0\xb0", (2, 0x430)),
        (b"\xe2\x82\xac", (3, 0x20AC)),
        (b"\xf0\x90\x80\x80", (4, 0x10000)),
        (b"\xed\xa0\x80", (3, 0xD800)),  # half of a pair of UTF-16
        (b"\xc2\xef", (2, 0xAF)),  # any byte from 0x80 on goes on
        (b"\xbf", (1, None)),
        (b"\xc1", (1, None)),
        (b"\xd0a", (2, None)),
        (b"\xe2a\x80", (2, None)),  # what comes after the byte that breaks it off is read anew
        (b"\xe0\x80\x80", (3, None)),
        (b"\xff\xa9\xd0\xb0", (4, None)),
        (b"", (0, None)),
    ],
)
def test_a_character(data: bytes, expected: tuple[int, int | None]) -> None:
    assert utf8.character(data) == expected


@pytest.mark.parametrize(
    ("data", "count"),
    [(b"", 0), (b"abc", 3), (b"a\xd0\xb0", 2), (b"a\xe1\xe0\xc3z", 3), (b"\xd0\xb0\xd0", 3), (b"\xd0\xb0\xff\xff\xff\xff", 6)],
)
def test_characters_of_a_text(data: bytes, count: int) -> None:
    assert len(utf8.characters(data)) == count
    assert b"".join(utf8.characters(data)) == data
