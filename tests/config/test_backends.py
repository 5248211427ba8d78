"""The servers of this machine that a configuration passes requests on to."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.backends import local_backends
from tests.machine import Machine


def _found(http: str, beside: str = "") -> list[tuple[str, int]]:
    content = f"events {{}}\nhttp {{\n{http}\n}}\n{beside}\n"
    analysis = analyze("/nginx.conf", "/", system=Machine({"/nginx.conf": content.encode()}))
    assert analysis.fatal is None, analysis.fatal
    return [(backend.text, backend.statement.start.line) for backend in local_backends(analysis.root)]


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("proxy_pass http://127.0.0.1:3000/a;", ["127.0.0.1:3000"]),
        ("proxy_pass http://localhost;", ["localhost:80"]),
        ("proxy_pass https://127.0.0.2;", ["127.0.0.2:443"]),
        ("proxy_pass http://[::1]:3000;", ["[::1]:3000"]),
        ("proxy_pass http://unix:/run/app.sock:/;", ["unix:/run/app.sock"]),
        ("uwsgi_pass unix:/run/uwsgi.sock;", ["unix:/run/uwsgi.sock"]),
        ("fastcgi_pass 127.0.0.1:9000;", ["127.0.0.1:9000"]),
        ("memcached_pass 127.0.0.1:11211; set $memcached_key a;", ["127.0.0.1:11211"]),
        # Of other machines, and of addresses that are made for each request, nothing is known.
        ("proxy_pass http://192.0.2.1:3000;", []),
        ("proxy_pass http://app:3000;", []),
        ("proxy_pass http://127.0.0.1:$arg_port;", []),
    ],
)
def test_where_requests_are_passed_on(location: str, found: list[str]) -> None:
    assert _found(f"server {{ location / {{ {location} }} }}") == [(text, 3) for text in found]


def test_servers_of_an_upstream() -> None:
    text = "upstream app {\n server 127.0.0.1:3000;\n server unix:/a;\n server 127.0.0.1:3001 down;\n server localhost;\n}\n"
    used = "server { listen 81; location / { proxy_pass http://app; } }"
    assert _found(text + used) == [("127.0.0.1:3000", 4), ("unix:/a", 5), ("localhost:80", 7)]


def test_not_where_the_configuration_itself_listens() -> None:
    servers = "server { listen 8081; listen unix:/own; } server { listen 80; location / { proxy_pass http://%s; } }"
    assert _found(servers % "127.0.0.1:8081") == []
    assert _found(servers % "unix:/own") == []
    assert _found(servers % "127.0.0.1") == []


def test_stream_is_not_served() -> None:
    stream = "stream { server { listen 9999; proxy_pass 127.0.0.1:3000; } }"
    assert _found("server { location / { proxy_pass http://127.0.0.1:9999; } }", stream) == [("127.0.0.1:9999", 3)]
