"""The head of an answer, line by line."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.filters.header import assemble

from ..fakes import DATE, make_request


def _head(core: dict[str, Any] | None = None, is_chunked: bool = False, version: int = 1001, **response: Any) -> list[bytes]:
    request, _ = make_request(core=core, http_version=version)
    request.response.status = 200
    for name, value in response.items():
        setattr(request.response, name, value)
    return assemble(request, is_chunked).split(b"\r\n")


def test_the_order_of_the_lines() -> None:
    assert _head(
        is_chunked=True,
        content_type=b"text/html",
        charset=b"utf-8",
        last_modified=1_000_000_000,
        location=b"/x",
        gzip_vary=True,
        headers=[(b"X", b"y")],
        status=201,
    ) == [
        b"HTTP/1.1 201 Created",
        b"Server: nginx/1.22.1",
        b"Date: " + DATE,
        b"Content-Type: text/html; charset=utf-8",
        b"Location: http://localhost:8080/x",
        b"Transfer-Encoding: chunked",
        b"Connection: keep-alive",
        b"Vary: Accept-Encoding",
        b"X: y",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    ("core", "location", "line"),
    [
        ({}, b"/x", b"Location: http://localhost:8080/x"),
        ({"port_in_redirect": False}, b"/x", b"Location: http://localhost/x"),
        ({"server_name_in_redirect": True}, b"/x", b"Location: http://first.example:8080/x"),
        ({"absolute_redirect": False}, b"/x", b"Location: /x"),
        ({}, b"https://other/", b"Location: https://other/"),
    ],
)
def test_location(core: dict[str, Any], location: bytes, line: bytes) -> None:
    assert line in _head(core, location=location, status=302)


@pytest.mark.parametrize(
    ("status", "line"),
    [(404, b"HTTP/1.1 404 Not Found"), (302, b"HTTP/1.1 302 Moved Temporarily"), (299, b"HTTP/1.1 299 "), (99, b"HTTP/1.1 099 ")],
)
def test_the_status_line(status: int, line: bytes) -> None:
    assert _head(status=status)[0] == line


def test_no_content_has_no_lines_about_content() -> None:
    lines = _head(status=204, content_type=b"text/plain", content_length=0, last_modified=1)
    assert not any(line.startswith((b"Content", b"Last-Modified")) for line in lines)


def test_server_tokens_and_http_0_9() -> None:
    assert b"Server: nginx" in _head({"server_tokens": "off"})
    assert _head(version=9) == [b""]
