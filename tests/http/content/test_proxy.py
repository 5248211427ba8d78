"""Answers of servers on their way to the client."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.connection import Happening, PeerEvent
from ngxpush.http.variables.evaluation import variable
from tests.http.fakes import DATE
from tests.http.upstream.servers import CLOSED, SILENT, ProxiedSite, Server, client, location, says

_OWN = b"Server: nginx/1.22.1\r\nDate: " + DATE + b"\r\n"


def served(directives: str, *events: PeerEvent, request: str = "GET / HTTP/1.1") -> ProxiedSite:
    site = ProxiedSite(location(directives), Server(*events))
    site.serve(request + "\nHost: localhost")
    return site


def answer(directives: str, *events: PeerEvent, request: str = "GET / HTTP/1.1") -> bytes:
    return served(directives, *events, request=request).connection.written


@pytest.mark.parametrize(
    ("directives", "sent", "received"),
    [
        ("", "X-A: 1\nDate: x\nServer: y\nX-A: 2\nX-Pad: z\nKeep-Alive: 5\nX-Accel-Expires: 1", b"X-A: 1\r\nX-A: 2\r\n"),
        ("proxy_hide_header x-a;", "X-A: 1\nX-B: 2", b"X-B: 2\r\n"),
        ("proxy_pass_header X-Pad;", "X-Pad: z", b"X-Pad: z\r\n"),
        ("", 'ETag: "1"\nLast-Modified: x\nVary: y', b'ETag: "1"\r\nLast-Modified: x\r\nVary: y\r\n'),
        ("proxy_force_ranges on;", "Accept-Ranges: bytes", b"Accept-Ranges: bytes\r\n"),
        ("add_header X-B $upstream_http_x_hidden; proxy_hide_header X-Hidden;", "X-Hidden: h", b"X-B: h\r\n"),
        ("add_header X-B $upstream_cookie_sid;", "Set-Cookie: SID = 7; x", b"Set-Cookie: SID = 7; x\r\nX-B: 7\r\n"),
    ],
)
def test_the_head(directives: str, sent: str, received: bytes) -> None:
    expected = b"HTTP/1.1 200 Fine\r\n" + _OWN + b"Content-Length: 0\r\nConnection: keep-alive\r\n" + received + b"\r\n"
    assert answer(directives, says(f"HTTP/1.1 200 Fine\n{sent}\nContent-Length: 0\n\n")) == expected


def test_server_and_date_of_the_upstream() -> None:
    directives = "proxy_pass_header Server; proxy_pass_header Date;"
    head = answer(directives, says("HTTP/1.1 200 OK\nServer: its\nX-A: 1\nDate: then\nContent-Length: 0\n\n"))
    expected = b"Content-Length: 0\r\nConnection: keep-alive\r\nServer: its\r\nX-A: 1\r\nDate: then\r\n\r\n"
    assert head == b"HTTP/1.1 200 OK\r\n" + expected


@pytest.mark.parametrize(
    ("directives", "sent", "received"),
    [
        ("", 'text/html;charset="UTF-8"', b'text/html;charset="UTF-8"'),
        ("charset koi8-r;", "text/html", b"text/html; charset=koi8-r"),
        ("charset koi8-r;", "text/html; charset=utf-8", b"text/html; charset=utf-8"),
        ("", "text/html; x=y", b"text/html; x=y"),
        ("source_charset koi8-r;", "text/css\nX-Accel-Charset: koi8-r", b"text/css; charset=koi8-r"),
        ("", "text/css\nX-Accel-Charset: koi8-r", b"text/css"),
    ],
)
def test_the_content_type(directives: str, sent: str, received: bytes) -> None:
    head = answer(directives, says(f"HTTP/1.1 200 OK\nContent-Type: {sent}\nContent-Length: 0\n\n"))
    assert b"\r\nContent-Type: " + received + b"\r\n" in head


def test_a_redirect_names_no_charset() -> None:
    moved = says("HTTP/1.1 302 Moved\nContent-Type: text/html; charset=utf-8\nContent-Length: 0\n\n")
    assert b"Content-Type: text/html\r\n" in answer("charset utf-8; override_charset on;", moved)


@pytest.mark.parametrize(
    ("directives", "events", "body"),
    [
        ("", ["HTTP/1.1 200 OK\nContent-Length: 4\n\nab", "cd"], b"abcd"),
        ("", ["HTTP/1.1 200 OK\nContent-Length: 2\n\nabcd"], b"ab"),
        ("", ["HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"], b"3\r\nabc\r\n0\r\n\r\n"),
        ("", ["HTTP/1.1 200 OK\n\nab", "cd"], b"4\r\nabcd\r\n0\r\n\r\n"),
        ("proxy_buffering off;", ["HTTP/1.1 200 OK\n\nab", "cd"], b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"),
        ("", ["HTTP/1.1 200 OK\nX-Accel-Buffering: no\n\nab", "cd"], b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"),
        (
            "proxy_ignore_headers X-Accel-Buffering;",
            ["HTTP/1.1 200 OK\nX-Accel-Buffering: no\n\nab", "cd"],
            b"4\r\nabcd\r\n0\r\n\r\n",
        ),
    ],
)
def test_the_body(directives: str, events: list[str | bytes], body: bytes) -> None:
    pieces = [says(event) if isinstance(event, bytes) or "\n\n" in event else says(event.encode()) for event in events]
    assert answer(directives, *pieces, CLOSED).partition(b"\r\n\r\n")[2] == body


def test_without_buffering_pieces_leave_as_they_come() -> None:
    site = served("proxy_buffering off;", says("HTTP/1.1 200 OK\n\n"), says(b"ab"), says(b"cd"), CLOSED)
    assert [piece.partition(b"\r\n\r\n")[2] or piece for piece in site.connection.writes[1:]] == [
        b"2\r\nab\r\n",
        b"2\r\ncd\r\n",
        b"0\r\n\r\n",
    ]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (["HTTP/1.1 200 OK\nContent-Length: 4\n\nab", CLOSED], b"upstream prematurely closed connection"),
        (["HTTP/1.1 200 OK\n\nab", SILENT], b"upstream timed out (110: Connection timed out)"),
    ],
)
def test_a_body_that_breaks_off_has_no_end(events: list[str | PeerEvent], message: bytes) -> None:
    site = served("proxy_buffering off;", *[says(event) if isinstance(event, str) else event for event in events])
    assert site.connection.logged == [("error", message)]
    assert not site.connection.written.endswith(b"0\r\n\r\n")
    assert site.request is not None
    assert not site.request.keepalive


@pytest.mark.parametrize("directive", ["", "proxy_buffering off;"])
def test_of_an_answer_whose_first_chunk_is_broken_nothing_is_sent(directive: str) -> None:
    site = served(directive, says("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\nx\r\n"))
    assert site.connection.logged == [("error", b"upstream sent invalid chunked response")]
    assert site.connection.written == b""


def test_more_than_was_announced_is_reported() -> None:
    site = served("", says("HTTP/1.1 200 OK\nContent-Length: 1\n\nab"))
    assert site.connection.logged == [("warn", b'upstream sent more data than specified in "Content-Length" header')]


@pytest.mark.parametrize("request_line", ["HEAD / HTTP/1.1", "GET / HTTP/1.1"])
def test_answers_without_a_body(request_line: str) -> None:
    status = "200 OK" if "HEAD" in request_line else "304 Not Modified"
    assert answer("", says(f"HTTP/1.1 {status}\nContent-Length: 9\n\n"), request=request_line).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("end", "body"), [(SILENT, b""), (CLOSED, b"2\r\nab\r\n0\r\n\r\n")])
def test_what_a_buffer_holds_when_the_server_falls_silent_is_lost(end: PeerEvent, body: bytes) -> None:
    assert answer("", says("HTTP/1.1 200 OK\n\nab"), end).partition(b"\r\n\r\n")[2] == body


def test_an_answer_without_a_head_passes_as_it_is() -> None:
    assert answer("", says(b"hello\n"), CLOSED) == b"hello\n"


def errors(directives: str, status: str) -> tuple[int, str]:
    http = "server { error_page 404 401 /e; location = /e { return 200 e; } location / { proxy_pass http://127.0.0.1:81; %s } }"
    sent = says(f"HTTP/1.1 {status}\nX-A: 1\nWWW-Authenticate: Basic\nContent-Length: 4\n\nbody")
    return ProxiedSite(http % directives, Server(sent)).get("/")


def test_errors_of_the_upstream() -> None:
    assert errors("", "404 No") == (404, "body")
    assert errors("proxy_intercept_errors on;", "404 No") == (404, "e")
    assert errors("proxy_intercept_errors on;", "403 No") == (403, "body")


_ACCEL = """
    server {
        location / { proxy_pass http://127.0.0.1:81; }
        location /in { internal; return 200 "$uri $args $request_method $upstream_http_x_channel"; }
        location @named { return 200 "$uri $request_method"; }
    }
"""


@pytest.mark.parametrize(
    ("target", "status", "body"),
    [
        ("/in/a%20b?x", 200, "/in/a b x GET c1"),
        ("@named", 200, "/x POST"),
        ("/in/../etc", 404, None),
        ("@none", 500, None),
    ],
)
def test_x_accel_redirect(target: str, status: int, body: str | None) -> None:
    head = f"HTTP/1.1 203 OK\nX-Accel-Redirect: {target}\nX-Channel: c1\nSet-Cookie: a=b\nX-Lost: 1\nContent-Length: 0\n\n"
    site = ProxiedSite(_ACCEL, Server(says(head)))
    found = site.get("/x", "POST", headers="\nContent-Length: 0")
    assert found[0] == status
    assert body is None or found[1] == body
    assert b"X-Lost" not in site.connection.written
    assert b"Set-Cookie: a=b\r\n" in site.connection.written


def test_a_tunnel_after_101() -> None:
    directives = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
    switching = says("HTTP/1.1 101 Switching Protocols\nUpgrade: ws\nConnection: Upgrade\n\nfirst")
    server = Server(switching, client(b"from client"), says(b"from server"), CLOSED)
    site = ProxiedSite(location(directives), server)
    site.serve("GET / HTTP/1.1\nHost: localhost\nUpgrade: ws")
    head = b"HTTP/1.1 101 Switching Protocols\r\n" + _OWN + b"Connection: upgrade\r\nUpgrade: ws\r\n\r\n"
    assert site.connection.written == head + b"first" + b"from server"
    assert server.sent.endswith(b"\r\n\r\nfrom client")
    assert site.connection.finished


def test_a_tunnel_is_counted_and_may_break() -> None:
    broken = PeerEvent(Happening.END, error=ConnectionResetError(104, "Connection reset by peer"))
    server = Server(says("HTTP/1.1 101 Switching Protocols\n\n" + 200 * "x"), says(b"more"), broken)
    site = ProxiedSite(location("proxy_buffer_size 100;"), server)
    site.serve("GET / HTTP/1.1\nHost: localhost\nUpgrade: ws")
    assert site.connection.written.endswith(200 * b"x" + b"more")
    assert site.request is not None
    assert variable(site.request, b"upstream_bytes_received") == b"%d" % (len("HTTP/1.1 101 Switching Protocols\r\n\r\n") + 204)
    assert site.connection.logged == [("error", b"recv() failed (104: Connection reset by peer)")]


def test_a_subrequest_has_no_tunnel() -> None:
    locations = "location / { auth_request /a; } location /a { proxy_pass http://127.0.0.1:81; }"
    site = ProxiedSite(f"server {{ {locations} }}", Server(says("HTTP/1.1 101 Switching Protocols\n\nfirst")))
    site.serve("GET / HTTP/1.1\nHost: localhost\nUpgrade: ws")
    assert site.connection.terminated == -1
    assert b"first" not in site.connection.written
    assert site.connection.logged[0] == ("error", b"connection upgrade in subrequest")


def test_a_location_without_a_server_to_pass_to() -> None:
    """The handler of the first `if` stays, the location is that of the second one."""
    ifs = "if ($arg_a) { proxy_pass http://127.0.0.1; } if ($arg_a) { set $b 1; }"
    site = ProxiedSite(f"server {{ location / {{ {ifs} }} }}", Server())
    assert site.get("/?a=1")[0] == 500
    assert site.connection.logged == [("alert", b"no upstream configuration")]


@pytest.mark.parametrize(("buffering", "pauses"), [("", [1000, 1000, 500]), ("proxy_buffering off;", [])])
def test_how_fast_an_answer_is_read(buffering: str, pauses: list[int]) -> None:
    server = Server(says("HTTP/1.1 200 OK\nContent-Length: 250\n\n"), says(b"x" * 250))
    site = ProxiedSite(location(buffering + "proxy_limit_rate 100;"), server)
    assert site.get("/")[1] == "x" * 250
    assert [waited for waited, held in zip(server.waited, server.held, strict=True) if held] == pauses
