"""scgi_pass: requests to SCGI servers and their answers, as nginx 1.22.1 has them (tests/differential/test_scripted.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.connection import PeerEvent
from tests.http.fakes import MemoryBodyFile
from tests.http.upstream.servers import CLOSED, ProxiedSite, Server, client, says


def asked(request: str, directives: str, *events: PeerEvent, body: bytes = b"") -> tuple[bytes, bytes]:
    """What the server and the client get."""
    server = Server(*events, says("Status: 201 Made\nX-A: 1\n\nx"), CLOSED)
    site = ProxiedSite(f"server {{ location / {{ scgi_pass 127.0.0.1:81; {directives} }} }}", server, body=body)
    answer = site.serve(request)
    return server.sent, answer


def test_the_request_and_its_answer() -> None:
    sent, answer = asked("GET / HTTP/1.1\nHost: h", "scgi_param SCGI 1; scgi_param EMPTY '';")
    assert sent == b"43:CONTENT_LENGTH\x000\0SCGI\x001\0EMPTY\0\0HTTP_HOST\0h\0,"
    assert answer.startswith(b"HTTP/1.1 201 Made\r\n")
    assert b"X-A: 1\r\n" in answer
    assert b"Status:" not in answer


@pytest.mark.parametrize(("directives", "body"), [("", b"abc"), ("scgi_pass_request_body off;", b"")])
def test_the_length_is_that_of_the_body(directives: str, body: bytes) -> None:
    request = "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked"
    sent, _ = asked(request, "scgi_pass_request_headers off; " + directives, body=b"abc")
    assert sent == b"17:CONTENT_LENGTH\x003\0," + body


def test_of_a_body_that_still_comes_only_what_is_here_counts() -> None:
    request = "POST / HTTP/1.1\nHost: h\nContent-Length: 3"
    sent, _ = asked(request, "scgi_pass_request_headers off; scgi_request_buffering off;", client(b"abc"), client(b""))
    assert sent == b"17:CONTENT_LENGTH\x000\0,abc"


def test_a_body_in_a_file() -> None:
    server = Server(says("\n\n"), CLOSED)
    site = ProxiedSite("server { location / { scgi_pass 127.0.0.1:81; scgi_pass_request_headers off; } }", server)
    site.body_file = MemoryBodyFile(b"file")
    site.serve("POST / HTTP/1.1\nHost: h\nContent-Length: 4")
    assert server.sent == b"17:CONTENT_LENGTH\x004\0,file"


def test_what_comes_after_the_head_of_a_head_is_dropped() -> None:
    _, answer = asked("HEAD / HTTP/1.1\nHost: h", "", says("Content-Length: 1\n\nx"))
    assert answer.endswith(b"\r\n\r\n")
