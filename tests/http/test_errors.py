"""nginx's own pages."""

from __future__ import annotations

import pytest

from ngxpush.http.errors import page, send_special_response
from ngxpush.http.request import Request

from .fakes import FakeConnection, make_request
from .serving import Site


def answer(status: int, request: Request, connection: FakeConnection) -> tuple[bytes, bytes]:
    request.response.error_status = status
    send_special_response(request, status)
    head, _, body = connection.written.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    ("status", "length"),
    [(400, 157), (401, 179), (403, 153), (413, 183), (416, 197), (494, 233), (498, 153), (502, 157), (505, 187), (418, 0)],
)
def test_lengths_of_pages(status: int, length: int) -> None:
    assert len(page(status, b"nginx/1.22.1")) == length


def test_a_page() -> None:
    head, body = answer(404, *make_request())
    assert b"Content-Type: text/html\r\nContent-Length: 153\r\nConnection: keep-alive" in head
    assert body == (
        b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n"
        b"<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
    )


def test_server_tokens_off_shows_no_version() -> None:
    head, body = answer(404, *make_request(core={"server_tokens": "off"}))
    assert b"Server: nginx\r\n" in head
    assert len(body) == 146


def test_header_too_large_is_a_400_that_says_more() -> None:
    head, body = answer(494, *make_request())
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"<center>Request Header Or Cookie Too Large</center>" in body


@pytest.mark.parametrize(("status", "kept"), [(400, False), (413, False), (500, False), (404, True), (405, True), (502, True)])
def test_errors_that_end_the_connection(status: int, kept: bool) -> None:
    request, connection = make_request()
    answer(status, request, connection)
    assert request.keepalive == kept
    assert connection.discarded


def test_pages_take_no_etag_or_time_of_the_file() -> None:
    request, connection = make_request()
    request.response.headers.append((b"ETag", b'"x"'))
    request.response.last_modified = 0
    request.response.headers = [(b"ETag", b'"x"'), (b"X-A", b"1")]
    head, _ = answer(416, request, connection)
    assert b"ETag" not in head and b"Last-Modified" not in head and b"X-A: 1" in head


@pytest.mark.parametrize(
    ("agent", "padded"),
    [(b"Mozilla/5.0 (compatible; MSIE 9.0; x)", True), (b"Mozilla/5.0 Chrome/120.0 Safari/537", True), (b"curl/7", False)],
)
def test_padding_for_browsers_that_hide_short_pages(agent: bytes, padded: bool) -> None:
    _, body = answer(404, *make_request(headers=[(b"User-Agent", agent)]))
    assert (b"<!-- a padding" in body) == padded


def test_msie_refresh() -> None:
    request, connection = make_request(headers=[(b"User-Agent", b"x (MSIE 10.0; y)")], core={"msie_refresh": True})
    request.response.location = b'/x?"2"'
    head, body = answer(302, request, connection)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and b"Location" not in head
    assert body.startswith(b'<html><head><meta http-equiv="Refresh" content="0; URL=/x?%222%22">')


@pytest.mark.parametrize("status", [494, 495, 496, 497])
def test_own_statuses_of_nginx_are_sent_as_400(status: int) -> None:
    site = Site(f"server {{ location / {{ return {status}; }} }}")
    assert site.get("/")[0] == 400
