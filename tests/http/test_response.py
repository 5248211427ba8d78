"""The answer of a request."""

from __future__ import annotations

from ngxpush.http.response import Response


def test_the_tag_is_what_the_last_line_says() -> None:
    response = Response()
    assert response.etag is None
    response.headers += [(b"ETag", b'"1"'), (b"X", b"y"), (b"Etag", b'"2"')]
    assert response.etag == b'"2"'


def test_ranges_are_taken_back() -> None:
    line = (b"Accept-Ranges", b"bytes")
    response = Response(allow_ranges=True, accept_ranges=line, headers=[line, (b"X", b"y")])
    response.clear_accept_ranges()
    assert (response.allow_ranges, response.headers) == (False, [(b"X", b"y")])
