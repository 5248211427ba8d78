"""Request heads as nginx takes and refuses them: what core_routing/core-protocol shows, and measured cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.http.parser import RequestParser, validate_host
from ngxpush.http.request import Request
from ngxpush.http.request_line import Refused


def make_parser(**settings: Any) -> RequestParser:
    core = SimpleNamespace(
        client_header_buffer_size=1024,
        large_client_header_buffers=(4, 8192),
        ignore_invalid_headers=True,
        merge_slashes=True,
        underscores_in_headers=False,
    )
    core.__dict__.update(settings)
    server = SimpleNamespace(http_core=core, location=None)
    connection = SimpleNamespace(log=lambda *_: None)
    request = Request(connection, None, server, None)  # type: ignore[arg-type]
    return RequestParser(request, lambda host: None)


def parse(data: bytes, **settings: Any) -> Request:
    parser = make_parser(**settings)
    assert parser.feed(data), "the head is not whole"
    return parser.request


def refusal(data: bytes, **settings: Any) -> int:
    with pytest.raises(Refused) as refused:
        make_parser(**settings).feed(data)
    return refused.value.status


TAIL = b" HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("line", "method", "target", "version"),
    [
        (b"GET / HTTP/1.1", b"GET", b"/", 1001),
        (b"GET   /a?b   HTTP/1.0  ", b"GET", b"/a?b", 1000),
        (b"M-SEARCH /x HTTP/1.100", b"M-SEARCH", b"/x", 1100),
        (b"_ /x HTTP/1.01", b"_", b"/x", 1001),
        (b"GET http://B.example:80/x?y HTTP/1.1", b"GET", b"/x?y", 1001),
        (b"GET ht1+tp://b?x HTTP/1.1", b"GET", b"?x", 1001),
        (b"GET http://[::1]:80 HTTP/1.1", b"GET", b"/", 1001),
        (b"GET /\xff HTTP/1.1", b"GET", b"/\xff", 1001),
    ],
)
def test_takes_request_lines(line: bytes, method: bytes, target: bytes, version: int) -> None:
    request = parse(line + b"\r\nHost: a\r\n\r\n")
    assert (request.method, request.input.unparsed_uri, request.input.http_version) == (method, target, version)


def test_a_line_without_version_is_http_0_9_and_has_no_headers() -> None:
    for line in (b"GET /r?a\r\n", b"GET /r?a\n", b"GET /r?a \r\n"):
        request = parse(line)
        assert (request.input.http_version, request.uri, request.args) == (9, b"/r", b"a")
    assert refusal(b"POST /r\r\n") == 400


@pytest.mark.parametrize(
    "data",
    [
        b"get",
        b"GeT / ",
        b"GET1 /",
        b" / HTTP/1.1",
        b"GET\r\n",
        b"GET \r\n",
        b"GET\t/",
        b"GET *",
        b"GET x" + TAIL,
        b"GET http:/x",
        b"GET http://b_c/",
        b"GET http://b:8a/",
        b"GET http://b#f",
        b"GET http:///x" + TAIL,
        b"GET /a\x7fb",
        b"GET /a\tb",
        b"GET /a b",
        b"GET /%zz" + TAIL,
        b"GET /r HTTP\r\n",
        b"GET / http/1.1",
        b"GET / HTTP/0.9",
        b"GET / HTTP/01",
        b"GET / HTTP/1\r\n",
        b"GET / HTTP/1.\r\n",
        b"GET / HTTP/1.x",
        b"GET / HTTP/1.1.1",
        b"GET / HTTP/1.1000",
        b"GET / HTTP/1.1 x",
        b"GET / HTTP/1.1\rx",
    ],
)
def test_refuses_request_lines_at_their_first_bad_byte(data: bytes) -> None:
    assert refusal(data) == 400


@pytest.mark.parametrize("data", [b"GET / HTTP/2", b"GET / HTTP/9.9" + TAIL, b"GET / HTTP/10"])
def test_other_major_versions_are_505(data: bytes) -> None:
    assert refusal(data) == 505


@pytest.mark.parametrize(
    "header",
    [
        b"X A: 1",
        b"X-A : 1",
        b" X-A: 1",
        b"\tX-A",
        b"X\x00A: 1",
        b"X\x7fA: 1",
        b": 1",
        b"X-A: nul\x00",
        b"X-A: cr\rhere",
        b"\r\r",
        b"Host: a",
        b"Content-Length: ",
        b"Content-Length: -1",
        b"Content-Length: \t3",
        b"Content-Length: 9223372036854775808",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked",
        b"Expect: a\r\nExpect: b",
    ],
)
def test_refuses_headers(header: bytes) -> None:
    assert refusal(b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % header) == 400


def test_says_what_was_wrong_with_a_header() -> None:
    with pytest.raises(Refused) as refused:
        make_parser().feed(b"GET / HTTP/1.1\r\nX-A : 1")
    assert refused.value.message == b'client sent invalid header line: "X-A\\x20..."'


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (b"X-A:1", b"1"),
        (b"x-a:   1 2 \t  ", b"1 2 \t"),
        (b"X-A: 1\r", b"1"),
        (b"X-A", b""),
        (b"X-A:", b""),
        (b"X-A: bell\x07\xe9", b"bell\x07\xe9"),
    ],
)
def test_takes_header_values(header: bytes, value: bytes) -> None:
    assert parse(b"GET / HTTP/1.0\n%b\r\n\n" % header).input.headers.get(b"x-a") == value


@pytest.mark.parametrize("name", [b"X_A", b"X(A)", b"X.A", b"X\xe9A"])
def test_odd_names_are_left_out(name: bytes) -> None:
    data = b"GET / HTTP/1.0\r\n%b: 1\r\n\r\n" % name
    assert not parse(data).input.headers.lines
    assert parse(data, ignore_invalid_headers=False).input.headers.lines == [(name, b"1")]
    assert bool(parse(data, underscores_in_headers=True).input.headers.lines) == (name == b"X_A")


@pytest.mark.parametrize(("coding", "status"), [(b"identity", 501), (b"gzip, chunked", 501), (b"", 501), (b"chunked;q=1", 501)])
def test_unknown_codings(coding: bytes, status: int) -> None:
    assert refusal(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %b\r\n\r\n" % coding) == status


def test_chunked_needs_http_1_1() -> None:
    assert parse(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED \r\n\r\n").input.chunked
    assert refusal(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400


def test_host_is_needed_from_1_1_on_even_with_an_absolute_uri() -> None:
    assert refusal(b"GET / HTTP/1.1\r\n\r\n") == 400
    assert refusal(b"GET http://b/ HTTP/1.1\r\n\r\n") == 400
    request = parse(b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n")
    assert request.input.host == b"b"


def test_connect_and_trace_are_405() -> None:
    assert refusal(b"TRACE /" + TAIL) == refusal(b"CONNECT /" + TAIL) == 405


@pytest.mark.parametrize(
    ("value", "host"),
    [
        (b"A.Example:80", b"a.example"),
        (b"a.", b"a"),
        (b"a.:80", b"a"),
        (b"[::1]:80", b"[::1]"),
        (b"[::1", b"[::1"),
        (b"a:x:y", b"a"),
        (b"a@b", b"a@b"),
        (b"", None),
        (b".", None),
        (b":80", None),
        (b"a..b", None),
        (b"a/b", None),
        (b"a b", None),
    ],
)
def test_hosts(value: bytes, host: bytes | None) -> None:
    assert validate_host(value) == host


def test_any_cut_gives_the_same() -> None:
    data = b"\r\n\nPOST /a?b HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\nbody"
    for cut in range(len(data)):
        parser = make_parser()
        whole = parser.feed(data[:cut]) or parser.feed(data[cut:])
        assert whole
        request = parser.request
        assert (request.method, request.uri, request.input.headers.lines) == (b"POST", b"/a", [(b"Host", b"a"), (b"X-A", b"1")])
        assert request.input.request_length == len(data) - len(b"\r\n\n") - len(b"body")
    parser = make_parser()
    for position in range(len(data) - len(b"body")):
        whole = parser.feed(data[position : position + 1])
    assert whole and parser.rest == b""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /%b" % (b"a" * 3000), 414),
        (b"GET /%b HTTP/1.1\r\n" % (b"a" * 2030) + b"X-B: %b\r\n" % (b"b" * 2100), 494),
        (b"GET / HTTP/1.1\r\n" + b"X-B: %b\r\n" % (b"b" * 900) * 9, 494),
    ],
)
def test_lines_larger_than_their_buffers(data: bytes, status: int) -> None:
    assert refusal(data, large_client_header_buffers=(2, 2048)) == status


def test_a_line_as_large_as_a_buffer_is_taken() -> None:
    line = b"X-Big: %b\r\n" % (b"b" * (2048 - 9))
    request = parse(b"GET / HTTP/1.1\r\nHost: a\r\n%b\r\n" % line, large_client_header_buffers=(2, 2048))
    assert len(request.input.headers.get(b"x-big") or b"") == 2039
