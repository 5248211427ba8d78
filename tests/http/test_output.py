"""Heads, lengths, and when bytes leave."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.output import send_body, send_header, send_response

from .fakes import DATE, make_request

SERVER_AND_DATE = b"Server: nginx/1.22.1\r\nDate: " + DATE + b"\r\n"


def test_a_text_with_its_head_in_nginx_s_order() -> None:
    request, connection = make_request(core={"keepalive_timeout": (75000, 20)})
    request.response.headers = [(b"X-A", b"1")]
    request.response.last_modified = 0
    assert send_response(request, 200, b"text") == 0
    assert connection.written == (
        b"HTTP/1.1 200 OK\r\n" + SERVER_AND_DATE + b"Content-Type: text/plain\r\nContent-Length: 4\r\n"
        b"Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=20\r\nX-A: 1\r\n\r\ntext"
    )
    assert request.response.bytes_sent - request.response.header_size == 4


@pytest.mark.parametrize(
    ("status", "line"),
    [(201, b"201 Created"), (418, b"418 "), (302, b"302 Moved Temporarily"), (408, b"408 Request Time-out"), (7, b"007 ")],
)
def test_status_lines(status: int, line: bytes) -> None:
    request, connection = make_request()
    request.response.status = status
    send_header(request)
    send_body(request, b"", last=True)
    assert connection.written.startswith(b"HTTP/1.1 " + line + b"\r\n")


def test_204_and_304_have_neither_type_nor_body() -> None:
    request, connection = make_request()
    send_response(request, 204, b"text")
    assert connection.written == b"HTTP/1.1 204 No Content\r\n" + SERVER_AND_DATE + b"Connection: keep-alive\r\n\r\n"


def test_last_modified_goes_with_few_statuses() -> None:
    request, connection = make_request()
    request.response.last_modified = 0
    send_response(request, 404, b"text")
    assert b"Last-Modified" not in connection.written


@pytest.mark.parametrize(
    ("core", "location", "line"),
    [
        ({}, b"/to", b"Location: http://localhost:8080/to\r\n"),
        ({"port_in_redirect": False}, b"/to", b"Location: http://localhost/to\r\n"),
        ({"server_name_in_redirect": True}, b"/to", b"Location: http://first.example:8080/to\r\n"),
        ({"absolute_redirect": False}, b"/to", b"keep-alive\r\nLocation: /to\r\n"),
        ({}, b"https://b/", b"keep-alive\r\nLocation: https://b/\r\n"),
    ],
)
def test_locations(core: dict[str, Any], location: bytes, line: bytes) -> None:
    request, connection = make_request(core=core)
    request.response.location = location
    request.response.status = 301
    send_header(request)
    send_body(request, b"", last=True)
    assert line in connection.written


def test_a_redirect_is_left_to_its_page() -> None:
    request, connection = make_request()
    assert send_response(request, 302, b"/to") == 302
    assert (request.response.location, connection.written) == (b"/to", b"")


@pytest.mark.parametrize(
    ("uri", "content_type"), [(b"/a.HTML", b"text/html"), (b"/a.js", b"text/plain"), (b"/.html", b"text/plain")]
)
def test_types(uri: bytes, content_type: bytes) -> None:
    request, _ = make_request(uri=uri)
    send_response(request, 200, b"x")
    assert request.response.content_type == content_type


def test_http_0_9_gets_the_body_alone_even_of_head() -> None:
    request, connection = make_request(method=b"HEAD", http_version=9)
    send_response(request, 200, b"text")
    assert connection.written == b"text"


def test_head_gets_no_body() -> None:
    request, connection = make_request(method=b"HEAD")
    send_response(request, 200, b"text")
    assert connection.written.endswith(b"Content-Length: 4\r\nConnection: keep-alive\r\n\r\n")


def test_a_head_waits_for_the_first_flush() -> None:
    request, connection = make_request()
    request.response.status = 200
    send_header(request)
    send_body(request, b"few")
    assert not connection.writes
    send_body(request, b"more", flush=True)
    assert connection.writes[0].endswith(b"\r\n\r\n3\r\nfew\r\n4\r\nmore\r\n")
    assert len(connection.writes) == 1


def test_a_head_without_a_body_does_not_wait() -> None:
    request, connection = make_request()
    request.response.status = 304
    request.response.header_only = True
    send_header(request)
    assert len(connection.writes) == 1


def test_postpone_output_is_a_measure() -> None:
    request, connection = make_request(core={"postpone_output": 0})
    request.response.status = 200
    send_header(request)
    send_body(request, b"x")
    assert connection.written.endswith(b"1\r\nx\r\n")


def test_a_broken_body_is_refused_before_the_answer() -> None:
    request, connection = make_request()
    connection.broken_body = 400
    assert send_response(request, 200, b"text") == 400
    assert not connection.written


@pytest.mark.parametrize(("postpone_output", "sent"), [(0, True), (100, True), (1460, False)])
def test_a_head_as_large_as_postpone_output_leaves_at_once(postpone_output: int, sent: bool) -> None:
    """As in nginx, asked about a proxied answer whose body does not come."""
    request, connection = make_request(core={"postpone_output": postpone_output})
    request.response.status = 200
    send_header(request)
    assert bool(connection.written) is sent
    send_body(request, b"body", last=True)
    assert connection.written.count(b"HTTP/1.1 200 OK") == 1 and connection.written.endswith(b"body\r\n0\r\n\r\n")
