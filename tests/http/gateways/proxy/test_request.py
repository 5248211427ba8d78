"""What a server is asked: the URI, the head, the body."""

from __future__ import annotations

import pytest

from tests.http.upstream.servers import OK, ProxiedSite, Server, location

_FORWARDED = "X-Forwarded-For: a, b"
_HEAD = ["Host: 127.0.0.1:81", "Connection: close"]


def asked(http: str, request: str, body: bytes = b"") -> Server:
    server = Server(OK)
    ProxiedSite(http, server, body=body).serve(request)
    return server


@pytest.mark.parametrize(
    ("name", "target", "uri", "passed"),
    [
        ("/a/", "http://127.0.0.1:81", "/a//x%2Fy/../z?q=%20", "/a//x%2Fy/../z?q=%20"),
        ("/a/", "http://127.0.0.1:81/v1/", "/a/x%20y?q", "/v1/x%20y?q"),
        ("/a/", "http://127.0.0.1:81/v1/", "/a/x%2Fy/../z", "/v1/x/z"),
        ("/a", "http://127.0.0.1:81/v1", "/abc", "/v1bc"),
        ("/a/", "http://127.0.0.1:81/v1/", "/a/%C3%BC%3F", "/v1/%C3%BC%3F"),
        ("/a/", "http://127.0.0.1:81/?fixed", "/a/x", "/?fixedx"),
        ("/a/", "http://127.0.0.1:81$request_uri", "/a/%20", "/a/%20"),
        ("/a/", "http://127.0.0.1:81/fix$is_args", "/a/x?y", "/fix?"),
        ("/a/", "http://$server_addr:81", "/a//b", "/a//b"),
        ("~ ^/a/(.*)", "http://127.0.0.1:81", "/a/%20", "/a/%20"),
        ("~ ^/a/(.*)", "http://127.0.0.1:81/$1", "/a/x", "/x"),
    ],
)
def test_the_uri(name: str, target: str, uri: str, passed: str) -> None:
    server = asked(location("", target, name), f"GET {uri} HTTP/1.1\nHost: localhost")
    assert server.lines[0] == f"GET {passed} HTTP/1.0"


def test_arguments_that_are_set_are_passed_on() -> None:
    server = asked(location("set $args b=$arg_a;"), "GET /x%20y?a=1 HTTP/1.1\nHost: localhost")
    assert server.lines[0] == "GET /x%20y?b=1 HTTP/1.0"


@pytest.mark.parametrize(
    ("directives", "uri", "passed"),
    [
        ("rewrite ^/a/(.*) /b/$1 break;", "/a/x%20?q", "/b/x%20?q"),
        ("rewrite ^/a/(.*) /b/$1?n break;", "/a/x?q", "/b/x?n&q"),
        ("rewrite ^/none /b break;", "/a/x", "/v1/x"),
    ],
)
def test_a_rewritten_uri_is_passed_whole(directives: str, uri: str, passed: str) -> None:
    server = asked(location(directives, "http://127.0.0.1:81/v1/", "/a/"), f"GET {uri} HTTP/1.1\nHost: localhost")
    assert server.lines[0] == f"GET {passed} HTTP/1.0"


@pytest.mark.parametrize(
    ("directives", "headers", "expected"),
    [
        ("", "", _HEAD),
        ("", "x-A: 1\nConnection: x\nKeep-Alive: 5\nTE: y\nUpgrade: z\nX-A: 2", [*_HEAD, "x-A: 1", "X-A: 2"]),
        ("proxy_set_header X-A $host; proxy_set_header Host h;", "x-a: 9", ["X-A: localhost", "Host: h", "Connection: close"]),
        ('proxy_set_header x-a ""; proxy_set_header Connection "";', "X-A: 9\nB: 1", ["Host: 127.0.0.1:81", "B: 1"]),
        ("proxy_set_header Upgrade $http_upgrade;", "Upgrade: ws", ["Upgrade: ws", *_HEAD]),
        ("proxy_pass_request_headers off;", "X-A: 1", _HEAD),
        ("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", _FORWARDED, [f"{_FORWARDED}, 127.0.0.1", *_HEAD]),
    ],
)
def test_the_head(directives: str, headers: str, expected: list[str]) -> None:
    server = asked(location(directives), f"GET / HTTP/1.1\nHost: localhost{chr(10) if headers else ''}{headers}")
    assert server.lines[1:] == expected


@pytest.mark.parametrize(
    ("directives", "headers", "sent", "length"),
    [
        ("", "Content-Length: 3", b"abc", "Content-Length: 3"),
        ("", "Transfer-Encoding: chunked", b"abc", "Content-Length: 3"),
        ("", "Content-Length: 0", b"", "Content-Length: 0"),
        ("proxy_set_body [$uri];", "Content-Length: 3", b"[/]", "Content-Length: 3"),
        ('proxy_pass_request_body off; proxy_set_header Content-Length "";', "Content-Length: 3", b"", None),
    ],
)
def test_the_body(directives: str, headers: str, sent: bytes, length: str | None) -> None:
    body = b"" if headers == "Content-Length: 0" else b"abc"
    server = asked(location(directives), f"POST / HTTP/1.1\nHost: localhost\n{headers}", body)
    assert server.body == sent
    assert next((line for line in server.lines if line.startswith("Content-Length")), None) == length


def test_method_and_version() -> None:
    server = asked(location("proxy_method put; proxy_http_version 1.1;"), "GET / HTTP/1.1\nHost: localhost")
    assert server.lines[0] == "put / HTTP/1.1"


@pytest.mark.parametrize(
    ("target", "host", "opened"),
    [
        ("http://127.0.0.1", "127.0.0.1", b"127.0.0.1:80"),
        ("http://[::1]:81", "[::1]:81", b"::1:81"),
        ("http://unix:/tmp/s:/x", "localhost", b"/tmp/s"),
        ("http://Name.example:81", "Name.example:81", b"192.0.2.1:81"),
        ("http://$server_addr:80/", "127.0.0.1", b"127.0.0.1:80"),
        ("https://127.0.0.1", "127.0.0.1", b"127.0.0.1:443"),
    ],
)
def test_where_it_goes(target: str, host: str, opened: bytes) -> None:
    server = Server(OK)
    site = ProxiedSite(location("", target), server)
    site.serve("GET / HTTP/1.1\nHost: localhost")
    assert server.lines[1] == f"Host: {host}"
    assert site.opened == [opened]
    assert server.endpoint is not None
    assert (server.endpoint.tls is not None) is target.startswith("https")


def test_a_name_from_a_variable_may_be_one_the_configuration_names() -> None:
    server = Server(OK)
    http = "server { location / { proxy_pass http://${arg_none}name:81; } location /x { proxy_pass http://name:81; } }"
    assert ProxiedSite(http, server).get("/") == (200, "ok")


def test_a_group_is_meant_only_without_a_port() -> None:
    group = "upstream app { server 127.0.0.1:81; } "
    assert ProxiedSite(group + location("", "http://${arg_none}app"), Server(OK)).get("/") == (200, "ok")
    assert ProxiedSite(group + location("", "http://${arg_none}app:81")).get("/")[0] == 502


@pytest.mark.parametrize(
    ("target", "status", "message"),
    [
        ("http://$arg_none", 500, b'invalid URL prefix in "http://"'),
        ("$arg_none", 500, b'invalid URL prefix in ""'),
        ("http://$arg_none:99999", 500, b'invalid port in upstream ":99999"'),
        ("http://${arg_none}name.example", 502, b"no resolver defined to resolve name.example"),
    ],
)
def test_a_target_that_can_not_be_used(target: str, status: int, message: bytes) -> None:
    site = ProxiedSite(location("", target))
    assert site.get("/")[0] == status
    assert site.connection.logged == [("error", message)]
