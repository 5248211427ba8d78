"""ngxpush.http.in_memory: how long an answer may be. What it is for is in filters/test_ssi."""

from __future__ import annotations

import pytest

from ngxpush.http.in_memory import InMemory
from tests.http.fakes import make_request


@pytest.mark.parametrize(
    ("length", "pieces", "body"),
    [
        (None, [], None),
        (None, [b""], b""),
        (None, [b"a" * 4096], b"a" * 4096),
        (None, [b"a" * 4096, b"b"], b"a" * 4096),
        (3, [b"ab", b"c"], b"abc"),
        (3, [b"ab", b"cd"], b"ab"),
        (4097, [b"ab"], None),
    ],
)
def test_what_is_kept(length: int | None, pieces: list[bytes], body: bytes | None) -> None:
    request, _ = make_request()
    request.response.content_length = length
    memory = InMemory(request)
    for piece in pieces:
        memory.take(piece)
    assert memory.body == body
