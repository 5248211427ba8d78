"""$upstream_…"""

from __future__ import annotations

from ngxpush.config.directives.http.log import LogLocation
from ngxpush.http.log import access_line
from tests.http.upstream.servers import ProxiedSite, Server, location, says


def test_variables() -> None:
    shown = "$upstream_addr|$upstream_status|$upstream_response_length|$upstream_bytes_sent|$upstream_http_x_a|$upstream_cookie_c"
    times = "$upstream_connect_time|$upstream_header_time|$upstream_response_time"
    tested = ProxiedSite(
        f'log_format f "{shown}|{times}"; access_log /log f; ' + location("", "http://127.0.0.1:81"),
        Server(says("HTTP/1.1 200 OK\nX-A: a\nSet-Cookie: c=d\nContent-Length: 2\n\nok")),
    )
    tested.get("/")
    request = tested.request
    assert request is not None
    (log,) = request.location.of(LogLocation).access_log
    assert log is not None
    sent = len(b"GET / HTTP/1.0\r\nHost: 127.0.0.1:81\r\nConnection: close\r\n\r\n")
    assert access_line(request, log.format) == f"127.0.0.1:81|200|2|{sent}|a|d|0.000|0.000|0.000\n".encode()


def test_variables_without_an_upstream() -> None:
    tested = ProxiedSite(
        'server { location / { return 200 "[$upstream_addr$upstream_status$upstream_http_a$upstream_cookie_c]"; } }'
    )
    assert tested.get("/") == (200, "[]")
