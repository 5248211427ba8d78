"""add_header, expires, add_trailer."""

from __future__ import annotations

import pytest

from ngxpush.config.complex_value import parse_complex_value
from ngxpush.config.headers import AddedHeader, Expires, ExpiresKind, InvalidExpires, parse_expires
from ngxpush.http.output import send_body, send_header

from ..fakes import make_request
from ..serving import Site

Lines = list[tuple[bytes, bytes]]


def added(name: bytes, value: bytes, always: bool = False) -> AddedHeader:
    return AddedHeader(name, parse_complex_value(value), always)


def headers_of(status: int, before: Lines, *more: AddedHeader, expires: Expires | None = None) -> Lines:
    request, _ = make_request(headers_module={"add_header": more, "expires": expires})
    request.response.status = status
    request.response.headers = list(before)
    request.response.last_modified = 0
    send_header(request)
    return request.response.headers


def test_added_lines_come_last_and_empty_ones_not_at_all() -> None:
    lines = headers_of(200, [(b"X-0", b"0")], added(b"X-A", b"1"), added(b"X-E", b""), added(b"X-A", b"2"))
    assert lines == [(b"X-0", b"0"), (b"X-A", b"1"), (b"X-A", b"2")]


@pytest.mark.parametrize(("status", "both"), [(200, True), (304, True), (308, True), (202, False), (404, False), (500, False)])
def test_other_statuses_need_always(status: int, both: bool) -> None:
    names = [name for name, _ in headers_of(status, [], added(b"A", b"1"), added(b"B", b"1", always=True))]
    assert names == ([b"A", b"B"] if both else [b"B"])


def test_etag_takes_the_place_of_the_one_there_is() -> None:
    before = [(b"Etag", b"W/1"), (b"X-0", b"0")]
    assert headers_of(200, before, added(b"ETag", b"mine")) == [(b"ETag", b"mine"), (b"X-0", b"0")]
    assert headers_of(200, before, added(b"ETag", b"")) == [(b"X-0", b"0")]


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ('add_header Last-Modified "Mon, 28 Sep 1970 06:00:00 GMT";', True),
        ('add_header Last-Modified "";', False),
        ('add_header Last-Modified "Mon, 28 Sep 1970 06:00:00 GMT"; add_header Last-Modified yesterday;', False),
    ],
)
def test_the_time_of_an_added_last_modified_counts_for_ranges(lines: str, part: bool) -> None:
    site = Site(f"server {{ location / {{ {lines} }} }}", {"/etc/nginx/html/f": "abc"})
    answer = site.serve("GET /f HTTP/1.1\nHost: a\nRange: bytes=1-1\nIf-Range: Mon, 28 Sep 1970 06:00:00 GMT")
    assert answer.startswith(b"HTTP/1.1 206" if part else b"HTTP/1.1 200")
    assert answer.count(b"Last-Modified") == (0 if '""' in lines else 1)


@pytest.mark.parametrize(
    ("value", "date", "control"),
    [
        (b"epoch", b"Thu, 01 Jan 1970 00:00:01 GMT", b"no-cache"),
        (b"max", b"Thu, 31 Dec 2037 23:55:55 GMT", b"max-age=315360000"),
        (b"1h", b"Sun, 09 Sep 2001 02:46:40 GMT", b"max-age=3600"),
        (b"-1", b"Sun, 09 Sep 2001 01:46:39 GMT", b"no-cache"),
        (b"0", b"Sun, 09 Sep 2001 01:46:40 GMT", b"max-age=0"),
    ],
)
def test_expires(value: bytes, date: bytes, control: bytes) -> None:
    assert headers_of(200, [], expires=parse_expires(value)) == [(b"Expires", date), (b"Cache-Control", control)]


def test_expires_modified_counts_from_the_file_s_time() -> None:
    lines = headers_of(200, [], expires=parse_expires(b"1", modified=True))
    assert lines == [(b"Expires", b"Thu, 01 Jan 1970 00:00:01 GMT"), (b"Cache-Control", b"no-cache")]


def test_expires_replaces_what_a_module_has_set_in_its_place() -> None:
    before = [(b"Expires", b"x"), (b"Cache-Control", b"y"), (b"Etag", b"W/1")]
    lines = headers_of(200, before, expires=parse_expires(b"epoch"))
    assert [name for name, _ in lines] == [b"Expires", b"Cache-Control", b"Etag"]
    assert headers_of(403, before, expires=parse_expires(b"epoch")) == before
    assert headers_of(200, before, expires=parse_expires(b"off")) == before


@pytest.mark.parametrize("value", [b"x", b"@25h", b""])
def test_values_that_say_no_time(value: bytes) -> None:
    with pytest.raises(InvalidExpires):
        parse_expires(value)


def test_daily_time() -> None:
    assert parse_expires(b"@15h30m") == Expires(ExpiresKind.DAILY, 55800)
    with pytest.raises(InvalidExpires):
        parse_expires(b"@1h", modified=True)


@pytest.mark.parametrize(
    ("version", "status", "end"),
    [
        (1001, 200, b"\r\n\r\n1\r\nx\r\n0\r\nX-T: 1\r\nX-A: 1\r\n\r\n"),
        (1001, 404, b"\r\n\r\n1\r\nx\r\n0\r\nX-A: 1\r\n\r\n"),
        (1000, 200, b"\r\n\r\nx"),
    ],
)
def test_trailers_need_chunks(version: int, status: int, end: bytes) -> None:
    trailers = (added(b"X-T", b"1"), added(b"X-A", b"1", always=True))
    request, connection = make_request(http_version=version, headers_module={"add_trailer": trailers})
    request.response.status, request.response.content_length = status, 1
    send_header(request)
    send_body(request, b"x", last=True)
    assert connection.written.endswith(end)


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("1h", b"Expires: Sun, 09 Sep 2001 02:46:40 GMT\r\nCache-Control: max-age=3600\r\n"),
        ("epoch", b"Expires: Thu, 01 Jan 1970 00:00:01 GMT\r\nCache-Control: no-cache\r\n"),
        ("off", b""),
        ("nonsense", b""),
        ("", b""),
    ],
)
def test_expires_by_a_variable(value: str, lines: bytes) -> None:
    site = Site("server { location / { expires $arg_e; return 200 x; } }")
    head = site.serve(f"GET /?e={value} HTTP/1.1\nHost: a").partition(b"\r\n\r\n")[0] + b"\r\n"
    assert head.partition(b"Connection: keep-alive\r\n")[2] == lines
