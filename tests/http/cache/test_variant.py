"""The digests of variants, as nginx 1.22.1 names its files."""

from __future__ import annotations

import hashlib

from ngxpush.http.cache.variant import variant_digest
from ngxpush.http.headers import Headers

_KEY = hashlib.md5(b"http://127.0.0.1:27001/v/va?h=Vary:A,X-b").digest()


def _digest(vary: bytes, *lines: tuple[bytes, bytes]) -> str:
    return variant_digest(_KEY, vary, Headers(lines)).hex()


def test_values_count_as_they_are_written() -> None:
    assert _digest(b"A,X-b", (b"a", b"z")) == "3094531bd8da1c1e082ade457b5e1ab7"
    assert _digest(b"A,X-b", (b"a", b"p, q"), (b"A", b"r"), (b"x-b", b"1  2")) == "473b82314a752f52a76f8c9f908b24ba"


def test_some_are_lists() -> None:
    lists = (b"foo, bar", b"foo,bar", b"foo,,  ,bar , ")
    assert len({_digest(b" Accept-Encoding", (b"Accept-Encoding", value)) for value in lists}) == 1
    assert _digest(b"Accept-Encoding", (b"Accept-Encoding", b"foobar")) != _digest(b"Accept-Encoding")
