"""How the client finds the end of a body."""

from __future__ import annotations

import pytest

from ngxpush.http.filters.chunked import Chunked
from ngxpush.http.output import send_header

from ..fakes import make_request


@pytest.mark.parametrize(
    ("version", "method", "status", "length", "settings", "chunked", "kept"),
    [
        (1001, b"GET", 200, None, {}, True, True),
        (1001, b"GET", 200, 5, {}, False, True),
        (1000, b"GET", 200, None, {}, False, False),
        (1001, b"GET", 200, None, {"chunked_transfer_encoding": False}, False, False),
        (1001, b"HEAD", 200, None, {}, False, True),
        (1001, b"GET", 204, None, {}, False, True),
        (1001, b"GET", 304, None, {}, False, True),
    ],
)
def test_which_answers(
    version: int, method: bytes, status: int, length: int | None, settings: dict[str, bool], chunked: bool, kept: bool
) -> None:
    request, _ = make_request(method, http_version=version, core=settings)
    request.response.status, request.response.content_length = status, length
    send_header(request)
    assert request.response.output is not None
    assert (request.response.output.chunked is not None, request.keepalive) == (chunked, kept)


def test_chunks_and_their_end() -> None:
    request, _ = make_request()
    chunked = Chunked(request)
    pieces = [chunked.feed(b"0123456789abcdef", False, False), chunked.feed(b"", True, False), chunked.feed(b"x", False, True)]
    assert pieces == [b"10\r\n0123456789abcdef\r\n", b"", b"1\r\nx\r\n0\r\n\r\n"]
