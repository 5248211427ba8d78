"""Parts of a body."""

from __future__ import annotations

import pytest

from ngxpush.http.filters.ranges import NotSatisfiable, parse_ranges
from ngxpush.http.output import send_body, send_header

from ..fakes import DATE, NOW, FakeConnection, make_request
from ..serving import Site


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        (b"0-3", [(0, 4)]),
        (b"5-", [(5, 10)]),
        (b"-3", [(7, 10)]),
        (b"-100", [(0, 10)]),
        (b"2-100", [(2, 10)]),
        (b" 1 - 2 ", [(1, 3)]),
        (b"01-02", [(1, 3)]),
        (b"0-1,3-4", [(0, 2), (3, 5)]),
        (b"0-9,0-9", []),
    ],
)
def test_ranges_of_ten_bytes(header: bytes, ranges: list[tuple[int, int]]) -> None:
    assert parse_ranges(header, 10, 100) == ranges


@pytest.mark.parametrize("header", [b"10-", b"5-2", b"-0", b"-", b"a-b", b"1", b"1-2x", b",", b"0-1,", b"9" * 20 + b"-"])
def test_what_is_not_satisfiable(header: bytes) -> None:
    with pytest.raises(NotSatisfiable):
        parse_ranges(header, 10, 100)


def test_an_empty_body_is_sent_whole() -> None:
    assert parse_ranges(b"0-", 0, 1) == parse_ranges(b"-1", 0, 1) == []


def send(*headers: tuple[bytes, bytes]) -> tuple[int, FakeConnection]:
    request, connection = make_request(headers=list(headers))
    response = request.response
    response.status, response.content_length, response.allow_ranges = 200, 10, True
    response.last_modified, response.content_type = int(NOW), b"text/plain"
    response.headers.append((b"ETag", b'"a"'))
    status = send_header(request)
    if status == 0:
        send_body(request, b"01234")
        send_body(request, b"56789", last=True)
    return status or response.status, connection


@pytest.mark.parametrize(
    ("condition", "status"),
    [(b'"a"', 206), (b'"x"', 200), (b'W/"a"', 200), (DATE, 206), (b"Sun, 09 Sep 2001 01:46:41 GMT", 200), (b"", 200)],
)
def test_if_range(condition: bytes, status: int) -> None:
    assert send((b"Range", b"bytes=0-3"), (b"If-Range", condition))[0] == status


def test_one_range_over_several_pieces() -> None:
    status, connection = send((b"Range", b"Bytes=3-6"))
    assert status == 206
    assert b"Content-Length: 4\r\n" in connection.written and b"Content-Range: bytes 3-6/10\r\n\r\n3456" in connection.written
    assert b"Accept-Ranges" not in connection.written


def test_several_ranges_are_parts_with_heads() -> None:
    _, connection = send((b"Range", b"bytes=0-1,8-9"))
    head, _, body = connection.written.partition(b"\r\n\r\n")
    boundary = head.partition(b"boundary=")[2][:20]
    part = b"\r\n--%b\r\nContent-Type: text/plain\r\nContent-Range: bytes " % boundary
    assert body == part + b"0-1/10\r\n\r\n01" + part + b"8-9/10\r\n\r\n89" + b"\r\n--%b--\r\n" % boundary
    assert b"Content-Length: %d\r\n" % len(body) in head


def test_parts_keep_the_type_that_an_upstream_wrote() -> None:
    request, connection = make_request(headers=[(b"Range", b"bytes=0-1,8-9")])
    response = request.response
    response.status, response.content_length, response.allow_ranges = 200, 10, True
    response.content_type, response.charset, response.content_type_line = b"text/html", b"B", b"text/html; Charset=B"
    send_header(request)
    send_body(request, b"0123456789", last=True)
    head, _, body = connection.written.partition(b"\r\n\r\n")
    assert b"Content-Type: multipart/byteranges; boundary=" in head
    assert body.count(b"Content-Type: text/html; Charset=B\r\n") == 2


def test_other_units_and_none_are_ignored() -> None:
    for header in (b"items=0-1", b"bytes 0-1", b"bytes="):
        status, connection = send((b"Range", header))
        assert status == 200 and b"Accept-Ranges: bytes\r\n" in connection.written
    assert send((b"Range", b"bytes=10-"))[0] == 416


@pytest.mark.parametrize(("ranges", "status"), [("0-1", 206), ("0-1,3-4", 200)])
def test_more_ranges_than_allowed_count_for_none(ranges: str, status: int) -> None:
    site = Site("server { max_ranges 1; }", {"/etc/nginx/html/f": "0123456789"})
    assert site.get("/f", headers=f"\nRange: bytes={ranges}")[0] == status
