"""The usual head and the parser: both fill a request alike, and what the first does not take it leaves untouched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngxpush.http import usual_head
from ngxpush.http.parser import RequestParser
from ngxpush.http.request import Request
from ngxpush.http.request_line import Refused
from ngxpush.http.usual_head import forget_after_host, take_usual_head

from .fakes import make_request

ROOM = 1024
USUAL = b"POST /a?b=1 HTTP/1.1\r\nA: 1 \r\nHost: Example.org:80\r\nContent-Length: 5\r\n\r\nhello"


def refuse(host: bytes) -> None:
    raise Refused(421, b"not here")


def filled(request: Request) -> list[Any]:
    """What a head fills."""
    received = request.input
    names = (
        "request_line",
        "unparsed_uri",
        "protocol",
        "http_version",
        "host",
        "request_length",
        "room",
        "content_length",
        "chunked",
    )
    values = [getattr(received, name) for name in names]
    headers = received.headers
    return [
        request.method,
        request.uri,
        request.args,
        *values,
        headers.lines,
        [headers.get(name.lower()) for name, _ in headers.lines],
    ]


def by_parser(data: bytes, choose: Callable[[bytes], None] = lambda host: None) -> tuple[bytes, list[Any]]:
    request, _ = make_request()
    parser = RequestParser(request, choose, ROOM)
    try:
        parser.feed(data)
    except Refused:
        request.input.content_length = None
    return parser.rest, filled(request)


def test_a_usual_head_is_taken_whole() -> None:
    request, _ = make_request()
    assert take_usual_head(request, USUAL, ROOM) == len(USUAL) - 5
    assert request.input.host == b"example.org"
    assert (b"hello", filled(request)) == by_parser(USUAL)


def test_long_lines_are_taken_and_not_remembered() -> None:
    """Each may be as long as client_header_buffer_size."""
    before = [remembered.cache_info().currsize for remembered in (usual_head._remembered_line, usual_head._remembered_lines)]
    for number in range(3):
        request, _ = make_request()
        head = b"GET /%d%b HTTP/1.1\r\nHost: a\r\nX: %d%b\r\n\r\n" % (number, b"x" * 2000, number, b"x" * 2000)
        assert take_usual_head(request, head, 8192) == len(head)
        assert request.uri == b"/%d%b" % (number, b"x" * 2000)
    after = [remembered.cache_info().currsize for remembered in (usual_head._remembered_line, usual_head._remembered_lines)]
    assert after == before


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n",  # not whole
        b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX_Y: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: %b\r\n\r\n" % (b"x" * ROOM),
    ],
)
def test_others_are_left_as_they_are(head: bytes) -> None:
    request, _ = make_request()
    before = filled(request)
    assert take_usual_head(request, head, ROOM) == 0
    assert filled(request) == before


def test_nothing_after_a_host_without_a_server_is_seen() -> None:
    request, _ = make_request()
    take_usual_head(request, USUAL, ROOM)
    forget_after_host(request.input, USUAL)
    rest, expected = by_parser(USUAL, refuse)
    assert USUAL[request.input.request_length :] == rest
    assert filled(request) == expected


NAMES = st.sampled_from([b"Host", b"host", b"X-A", b"x-a", b"X_A", b"Content-Length", b"Accept", b"Connection", b""])
VALUES = st.sampled_from([b"a", b" A.b:80 ", b"5", b"", b" ", b"x y", b"\xff", b"a..b", b"1\0"])
LINES = st.lists(st.tuples(NAMES, st.just(b":"), VALUES, st.sampled_from([b"\r\n", b"\r\n", b"\n"])).map(b"".join))
FIRST = st.sampled_from(
    [b"GET / HTTP/1.1", b"POST //a/../b?x#y HTTP/1.0", b"GET /%41  HTTP/1.1", b"GET ?a HTTP/1.1", b"get / HTTP/1.1"]
)


@given(FIRST, LINES, st.sampled_from([b"", b"rest"]))
def test_both_fill_a_request_alike(first: bytes, lines: list[bytes], rest: bytes) -> None:
    data = first + b"\r\n" + b"".join(lines) + b"\r\n" + rest
    request, _ = make_request()
    length = take_usual_head(request, data, ROOM)
    if length:
        assert (data[length:], filled(request)) == by_parser(data)
