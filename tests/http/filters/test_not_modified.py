"""Conditional requests."""

from __future__ import annotations

import pytest

from ngxpush.http.output import send_header

from ..fakes import DATE, NOW, make_request
from ..serving import Site

EARLIER = b"Sun, 09 Sep 2001 01:46:39 GMT"
LATER = b"Sun, 09 Sep 2001 01:46:41 GMT"


def outcome(*headers: tuple[bytes, bytes], how: str = "exact") -> int:
    request, _ = make_request(headers=list(headers), core={"if_modified_since": how})
    response = request.response
    response.status, response.last_modified = 200, int(NOW)
    response.headers.append((b"ETag", b'"a"'))
    status = send_header(request)
    return status or response.status


@pytest.mark.parametrize(
    ("header", "how", "status"),
    [
        (DATE, "exact", 304),
        (LATER, "exact", 200),
        (EARLIER, "exact", 200),
        (LATER, "before", 304),
        (EARLIER, "before", 200),
        (DATE, "off", 200),
        (b"yesterday", "exact", 200),
    ],
)
def test_if_modified_since(header: bytes, how: str, status: int) -> None:
    assert outcome((b"If-Modified-Since", header), how=how) == status


@pytest.mark.parametrize(
    ("header", "status"),
    [(b'"a"', 304), (b'W/"a"', 304), (b'"x", "a"', 304), (b"*", 304), (b'"A"', 200), (b"a", 200), (b"", 200)],
)
def test_if_none_match_compares_weakly(header: bytes, status: int) -> None:
    assert outcome((b"If-None-Match", header)) == status


def test_both_must_hold() -> None:
    assert outcome((b"If-None-Match", b'"a"'), (b"If-Modified-Since", EARLIER)) == 200
    assert outcome((b"If-None-Match", b'"a"'), (b"If-Modified-Since", DATE)) == 304


@pytest.mark.parametrize(("header", "status"), [(b'"a"', 200), (b"*", 200), (b'W/"a"', 412), (b'"x"', 412), (b"", 412)])
def test_if_match_compares_strongly(header: bytes, status: int) -> None:
    assert outcome((b"If-Match", header)) == status


@pytest.mark.parametrize(("header", "status"), [(DATE, 200), (LATER, 200), (EARLIER, 412), (b"x", 412)])
def test_if_unmodified_since(header: bytes, status: int) -> None:
    assert outcome((b"If-Unmodified-Since", header)) == status


def test_a_304_keeps_its_tag_and_drops_type_and_length() -> None:
    request, _ = make_request(headers=[(b"If-None-Match", b"*")])
    response = request.response
    response.status, response.content_type, response.content_length = 200, b"text/plain", 3
    send_header(request)
    assert (response.status, response.content_type, response.content_length) == (304, None, None)


@pytest.mark.parametrize(
    ("headers", "status"),
    [('If-None-Match: "a"', 200), ("If-None-Match: *", 304), ('If-Match: "a"', 412), ("If-Match: *", 200)],
)
def test_a_file_without_a_tag(headers: str, status: int) -> None:
    site = Site("server { etag off; }", {"/etc/nginx/html/f": "file"})
    assert site.get("/f", headers=f"\n{headers}")[0] == status
