"""proxy_redirect and proxy_cookie_*."""

from __future__ import annotations

import pytest

from tests.http.upstream.servers import ProxiedSite, Server, location, says


def passed(directives: str, line: str, name: str = "/app/", target: str = "http://127.0.0.1:81/v1/") -> str | None:
    """What a header line of the server becomes."""
    server = Server(says(f"HTTP/1.1 302 Found\n{line}\nContent-Length: 0\n\n"))
    site = ProxiedSite(location(directives, target, name), server)
    lines = site.serve(f"GET {'/app/' if '~' in name else name} HTTP/1.1\nHost: localhost").decode().split("\r\n")
    return next((answer for answer in lines if answer.startswith(line.partition(":")[0])), None)


@pytest.mark.parametrize(
    ("directives", "sent", "received"),
    [
        ("", "http://127.0.0.1:81/v1/x?y", "http://localhost:8080/app/x?y"),
        ("proxy_redirect default;", "http://127.0.0.1:81/v1/x", "http://localhost:8080/app/x"),
        ("", "http://127.0.0.1:81/v2/x", "http://127.0.0.1:81/v2/x"),
        ("", "/v1/x", "/v1/x"),
        ("absolute_redirect off;", "http://127.0.0.1:81/v1/x", "/app/x"),
        ("proxy_redirect off;", "http://127.0.0.1:81/v1/x", "http://127.0.0.1:81/v1/x"),
        ("proxy_redirect http://old/ http://new/;", "http://old/x", "http://new/x"),
        ("proxy_redirect http://no/ /; proxy_redirect http://old/ /n/;", "http://old/x", "http://localhost:8080/n/x"),
        ("proxy_redirect ~*^http://OLD(.*)$ https://$host:1$1;", "http://old/x", "https://localhost:1/x"),
        ("proxy_redirect ~^http://OLD(.*)$ /;", "http://old/x", "http://old/x"),
        ("proxy_redirect http://$host/ /r/;", "http://localhost/x", "http://localhost:8080/r/x"),
    ],
)
def test_location(directives: str, sent: str, received: str) -> None:
    if "default" in directives:
        http = "server { location /app/ { proxy_pass http://127.0.0.1:81/v1/; proxy_redirect default; } }"
        site = ProxiedSite(http, Server(says(f"HTTP/1.1 302 Found\nLocation: {sent}\nContent-Length: 0\n\n")))
        assert site.location_of("/app/") == received
    else:
        assert passed(directives, f"Location: {sent}") == f"Location: {received}"


def test_location_without_a_uri_in_proxy_pass() -> None:
    line = "Location: http://127.0.0.1:81/x"
    assert passed("", line, "~ ^/app", "http://127.0.0.1:81") == "Location: http://localhost:8080/x"


@pytest.mark.parametrize(
    ("sent", "received"),
    [("3; url=http://127.0.0.1:81/v1/x", "3; url=/app/x"), ("3; URL=http://other/", "3; URL=http://other/"), ("3", "3")],
)
def test_refresh(sent: str, received: str) -> None:
    assert passed("", f"Refresh: {sent}") == f"Refresh: {received}"


@pytest.mark.parametrize(
    ("directives", "sent", "received"),
    [
        ("", "a=1;Path=/ ;  X", "a=1;Path=/ ;  X"),
        ("proxy_cookie_path /v1/ /app/;", "a=1; Path=/v1/x; X", "a=1; Path=/app/x; X"),
        ("proxy_cookie_path ~^/(.*)$ /p/$1;", "a=1;path=/x", "a=1; path=/p/x"),
        ("proxy_cookie_path / /p;", "path=1; X", "path=1; X"),
        ("proxy_cookie_domain old.test new.test;", "a=1; Domain=.OLD.test", "a=1; Domain=.new.test"),
        ("proxy_cookie_domain old.test new.test;", "a=1; Domain=sub.old.test", "a=1; Domain=sub.old.test"),
        (r"proxy_cookie_domain ~\.(\w+)$ $1.example;", "a=1; Domain=OLD.test", "a=1; Domain=test.example"),
        ("proxy_cookie_domain off;", "a=1; Domain=old.test", "a=1; Domain=old.test"),
        ("proxy_cookie_flags a secure samesite=lax;", "A=1; SameSite=None", "A=1; SameSite=Lax; Secure"),
        ("proxy_cookie_flags a samesite=lax;", "a=1; samesite=strict", "a=1; SameSite=Lax"),
        ("proxy_cookie_flags a samesite=lax;", "a=1; SAMESITE=LAX", "a=1; SAMESITE=LAX"),
        ("proxy_cookie_flags ~^s nosecure nohttponly;", "sid=1; Secure; Path=/; HttpOnly", "sid=1; Path=/"),
        ("proxy_cookie_flags a secure; proxy_cookie_flags ~. httponly;", "a=1", "a=1; Secure"),
        ("proxy_cookie_flags b secure;", "a=1;x", "a=1;x"),
    ],
)
def test_cookies(directives: str, sent: str, received: str) -> None:
    assert passed(directives, f"Set-Cookie: {sent}") == f"Set-Cookie: {received}"
