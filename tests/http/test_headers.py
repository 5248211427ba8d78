"""Header lines."""

from __future__ import annotations

from ngxpush.http.headers import Headers


def test_lines_keep_their_order_and_case_and_are_found_without() -> None:
    headers = Headers([(b"X-A", b"1"), (b"Host", b"h"), (b"x-a", b"2")])
    assert headers.lines == [(b"X-A", b"1"), (b"Host", b"h"), (b"x-a", b"2")]
    assert (headers.get(b"x-a"), headers.get_all(b"x-a"), headers.get(b"x-b")) == (b"1", [b"1", b"2"], None)
    assert b"host" in headers and b"x-b" not in headers
