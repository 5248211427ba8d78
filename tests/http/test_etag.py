"""The ETag of an answer whose body a filter changes."""

from __future__ import annotations

import pytest

from ngxpush.http.etag import clear_etag, weaken_etag

from .fakes import make_request


@pytest.mark.parametrize(
    ("etag", "weak"),
    [(b'"a"', b'W/"a"'), (b'W/"a"', b'W/"a"'), (b"a", None), (None, None)],
)
def test_a_weak_tag(etag: bytes | None, weak: bytes | None) -> None:
    request, _ = make_request()
    request.response.headers = [(b"A", b"b")] + ([(b"ETag", etag)] if etag is not None else [])
    weaken_etag(request)
    assert request.response.etag == weak
    assert request.response.headers[0] == (b"A", b"b")


def test_no_tag() -> None:
    request, _ = make_request()
    request.response.headers = [(b"etag", b'"a"'), (b"A", b"b")]
    clear_etag(request)
    assert request.response.headers == [(b"A", b"b")]
