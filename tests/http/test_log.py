"""Lines of access logs, and what error messages say of their request."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.http.log import LogLocation
from ngxpush.http.log import access_line, context, escape_default, escape_json

from .fakes import FakeConnection
from .serving import Site


@pytest.mark.parametrize(
    ("value", "default", "json"),
    [
        (None, b"-", b""),
        (b"", b"", b""),
        (b'a"b\\c', b"a\\x22b\\x5Cc", b'a\\"b\\\\c'),
        (b"\t\n\x01", b"\\x09\\x0A\\x01", b"\\t\\n\\u0001"),
        (b"\x7f\xc3\xa9", b"\\x7F\\xC3\\xA9", b"\x7f\xc3\xa9"),
    ],
)
def test_escapes(value: bytes | None, default: bytes, json: bytes) -> None:
    assert (escape_default(value), escape_json(value)) == (default, json)


@pytest.mark.parametrize(
    ("log_format", "target", "line"),
    [
        ("'$status $body_bytes_sent [$request]'", "/?a=1", b"200 2 [GET /?a=1 HTTP/1.1]\n"),
        ("'$args|$arg_a|$http_none|$uri'", "/x", b"-|-|-|/x\n"),
        ("'$args|$query_string|$is_args'", "/x?", b"-|-|\n"),
        ("'$args'", "/emptied?a=1", b"\n"),
        ("'$args'", "/set?a=1", b"\n"),
        ("'$args'", "/error?a=1", b"-\n"),
        ("escape=json '$args|$http_none'", '/x?q="', b'q=\\"|\n'),
        ("escape=none '$args|$http_none'", '/x?q="', b'q="|\n'),
        ("'$remote_port|$realip_remote_addr|$limit_req_status|$secure_link'", "/", b"40000|127.0.0.1|-|-\n"),
        ("'$connection_time|$https|$http2|$gzip_ratio|$request_body'", "/", b"0.000|||-|-\n"),
    ],
)
def test_access_lines(log_format: str, target: str, line: bytes) -> None:
    site = Site(
        f"log_format f {log_format}; access_log /log f; server {{ location / {{ return 200 ok; }}"
        " location /emptied { rewrite ^ /x? last; } location /set { set $args ''; return 200 ok; }"
        " location /error { error_page 404 /x; return 404; } }"
    )
    site.get(target)
    request = site.request
    assert request is not None
    (log,) = request.location.of(LogLocation).access_log
    assert log is not None
    assert access_line(request, log.format) == line


def test_gzip_ratio_once_all_is_sent() -> None:
    site = Site(f"server {{ gzip on; location / {{ default_type text/html; return 200 {'x' * 300}; }} }}")
    site.serve("GET / HTTP/1.1\nHost: a\nAccept-Encoding: gzip")
    assert site.request is not None
    get, _ = site.request.http.getters[b"gzip_ratio"]
    compressed = len(site.connection.written.partition(b"\r\n\r\n")[2].split(b"\r\n")[1])
    ratio = get(site.request)
    assert ratio is not None and abs(float(ratio) - 300 / compressed) < 0.006


def test_what_an_error_message_says_of_its_request() -> None:
    site = Site("server { server_name here; location / { return 200 ok; } }")
    site.get("/x", headers="\nReferer: there")
    request = site.request
    assert request is not None
    said = b', client: 127.0.0.1, server: here, request: "GET /x HTTP/1.1", host: "localhost", referrer: "there"'
    assert context(site.connection, b"0.0.0.0:80", request) == said


def test_what_it_says_without_a_request() -> None:
    site = Site("server { }")
    site.connection.requests = 0
    assert context(site.connection, b"0.0.0.0:80", None) == b", client: 127.0.0.1, server: 0.0.0.0:80"


def test_what_it_says_of_a_subrequest() -> None:
    locations = "location / { add_after_body /after; default_type text/html; } location /after { return 200 x; }"
    site = Site(f"server {{ {locations} }}", {"/etc/nginx/html/f": ""})
    site.get("/f")
    (after,) = site.subrequests
    said = context(site.connection, b"0.0.0.0:80", after)
    assert said.endswith(b', request: "GET /f HTTP/1.1", subrequest: "/after", host: "localhost"')


def test_nothing_is_said_between_two_requests() -> None:
    assert context(FakeConnection(), b"0.0.0.0:80", None) == b""
