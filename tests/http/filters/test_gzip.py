"""gzip: who gets it, and the bytes of a stream."""

from __future__ import annotations

import os
import zlib

import pytest

from ngxpush.http.filters.gzip import Gzip, accepts_gzip
from ngxpush.http.output import send_body, send_header

from ..fakes import make_request
from ..serving import Site

ACCEPT = [(b"Accept-Encoding", b"gzip")]


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        (b"gzip", True),
        (b"GZIP", True),
        (b"deflate, gzip", True),
        (b"br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        (b"gzip; q=1", True),
        (b"gzip ,x", True),
        (b"gzip;q=0.001", True),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000", False),
        (b"gzip;q=1.1", False),
        (b"gzip;q=2", False),
        (b"gzip;a=b", False),
        (b"gzip;", True),
        (b"x-gzip, gzip", True),
        (b"x-gzip", False),
        (b"gzipgzip", False),
        (b"x-gzipgzip", True),
        (b"deflate", False),
    ],
)
def test_accept_encoding(header: bytes, accepted: bool) -> None:
    assert accepts_gzip(header) == accepted


def test_pieces_without_a_flush_wait_for_a_buffer() -> None:
    compressor = Gzip(1, 15, 8)
    assert compressor.feed(b"a" * 5000, False, False) == b""
    pieces = compressor.feed(os.urandom(50000), False, False)
    assert pieces
    assert len(pieces) % 4096 == 0
    assert zlib.decompress(pieces + compressor.feed(b"", False, True), 31)[:5000] == b"a" * 5000


def test_each_flush_can_be_read_at_once() -> None:
    request, connection = make_request(headers=ACCEPT, gzip={"gzip": True})
    request.response.status, request.response.content_type = 200, b"text/html"
    send_header(request)
    send_body(request, b"HEAD\n", flush=True)
    # the bytes of recording streaming/gzip-flushes-each-message
    compressed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\x03\xf2put\xe1\x02\x00\x00\x00\xff\xff"
    assert connection.writes[0].endswith(b"\r\n\r\n15\r\n" + compressed + b"\r\n")
    send_body(request, b"", last=True)
    assert connection.writes[1].startswith(b"a\r\n\x03\x00") and connection.writes[1].endswith(b"\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("status", "content_type", "length", "encoded"),
    [
        (200, b"text/html", 20, True),
        (404, b"text/html", 20, True),
        (200, b"text/html", None, True),
        (200, b"text/html", 19, False),
        (500, b"text/html", 20, False),
        (200, b"text/plain", 20, False),
        (200, b"", 20, False),
    ],
)
def test_what_is_compressed(status: int, content_type: bytes, length: int | None, encoded: bool) -> None:
    request, _ = make_request(headers=ACCEPT, gzip={"gzip": True})
    response = request.response
    response.status, response.content_type, response.content_length = status, content_type, length
    send_header(request)
    assert (response.content_encoding == b"gzip") == encoded
    assert ((b"Content-Encoding", b"gzip") in response.headers) == encoded


@pytest.mark.parametrize(("etag", "weak"), [(b'"a"', [(b"ETag", b'W/"a"')]), (b"W/1", [(b"ETag", b"W/1")]), (b"a", [])])
def test_the_tag_becomes_weak(etag: bytes, weak: list[tuple[bytes, bytes]]) -> None:
    request, _ = make_request(headers=ACCEPT, gzip={"gzip": True})
    request.response.status, request.response.content_type = 200, b"text/html"
    request.response.headers.append((b"ETag", etag))
    send_header(request)
    assert [line for line in request.response.headers if line[0] == b"ETag"] == weak


def test_vary_is_said_to_everyone() -> None:
    request, connection = make_request(gzip={"gzip": True, "gzip_vary": True})
    request.response.status, request.response.content_type = 200, b"text/html"
    send_header(request)
    send_body(request, b"x", last=True)
    assert b"Vary: Accept-Encoding\r\n" in connection.written
    assert request.response.content_encoding is None


@pytest.mark.parametrize(
    ("proxied", "settings", "compressed"),
    [
        ("off", "", False),
        ("any", "", True),
        ("auth", "", True),
        ("expired", "", True),
        ("expired", "expires epoch;", True),
        ("expired", "expires 0;", False),
        ("expired", "expires max;", False),
        ("no-cache", "expires epoch;", False),
        ("no-cache", "", True),
        ("no-cache", "add_header Cache-Control no-cache;", True),
        ("no-store", "add_header Cache-Control no-cache;", False),
        ("no-store", 'add_header Cache-Control "a, NO-STORE";', True),
        ("private", "add_header Cache-Control private;", True),
        ("no_last_modified", "", True),
        ("no_last_modified", "add_header Last-Modified x;", False),
        ("no_last_modified", "add_header Cache-Control public;", False),
        ("no_etag", "", True),
    ],
)
def test_behind_a_proxy(proxied: str, settings: str, compressed: bool) -> None:
    """As nginx 1.22.1 does: what no word of gzip_proxied speaks of is compressed."""
    site = Site(
        f"gzip on; gzip_min_length 1; server {{ listen 80; default_type text/html;"
        f" location / {{ gzip_proxied {proxied}; {settings} return 200 hello; }} }}"
    )
    answer = site.serve("GET / HTTP/1.1\nHost: a\nVia: 1.1 proxy\nAccept-Encoding: gzip")
    assert (b"Content-Encoding: gzip" in answer) is compressed


@pytest.mark.parametrize(
    ("proxied", "etag", "compressed"),
    [("no_etag", "on", False), ("no_etag", "off", True), ("no_last_modified", "on", True), ("auth", "on", True)],
)
def test_a_file_behind_a_proxy(proxied: str, etag: str, compressed: bool) -> None:
    location = f"gzip_proxied {proxied}; etag {etag}; default_type text/html;"
    site = Site(f"gzip on; gzip_min_length 1; server {{ location / {{ {location} }} }}", {"/etc/nginx/html/f": "hello"})
    answer = site.serve("GET /f HTTP/1.1\nHost: a\nVia: 1.1 proxy\nAccept-Encoding: gzip")
    assert (b"Content-Encoding: gzip" in answer) is compressed
