"""Base64 as nginx reads it."""

from __future__ import annotations

import pytest

from ngxpush.http.base64_text import decoded


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        (b"", b""),
        (b"YWI=", b"ab"),
        (b"YWI", b"ab"),
        (b"YWJj=", b"abc"),
        (b"YWJj====", b"abc"),
        (b"YWI=!", b"ab"),
        (b"=YWI", b""),
        (b"YWJjY", None),
        (b"YW I=", None),
        (b"YWI\n", None),
        (b"Pz8/", b"???"),
        (b"Pz8_", None),
    ],
)
def test_it_ends_at_the_first_padding(text: bytes, bytes_: bytes | None) -> None:
    assert decoded(text) == bytes_


def test_in_urls() -> None:
    assert (decoded(b"Pz8_", url=True), decoded(b"Pz8/", url=True)) == (b"???", None)
