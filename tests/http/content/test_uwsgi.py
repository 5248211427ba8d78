"""uwsgi_pass: requests to uWSGI servers and their answers, as nginx 1.22.1 has them (tests/differential/test_scripted.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.connection import Tls
from tests.http.upstream.servers import CLOSED, ProxiedSite, Server, says

_GET = "GET /a HTTP/1.1\nHost: localhost"


def site(*servers: Server, directives: str = "", target: str = "127.0.0.1:81", body: bytes = b"") -> ProxiedSite:
    return ProxiedSite(f"server {{ location / {{ uwsgi_pass {target}; {directives} }} }}", *servers, body=body)


def answer(head: str, directives: str = "", request: str = _GET) -> bytes:
    """What the client gets."""
    return site(Server(says(head), CLOSED), directives=directives).serve(request)


def sent(directives: str, request: str = _GET, body: bytes = b"") -> bytes:
    """What the server gets."""
    server = Server(says("\n\n"), CLOSED)
    site(server, directives=directives, body=body).serve(request)
    return server.sent


def test_the_packet() -> None:
    packet = sent("uwsgi_param A $uri; uwsgi_modifier1 5; uwsgi_modifier2 7; uwsgi_string end;")
    assert packet == b"\x05\x20\x00\x07\x01\x00A\x02\x00/a\x09\x00HTTP_HOST\x09\x00localhostend"


def test_the_body_follows_the_packet() -> None:
    request = "POST / HTTP/1.1\nHost: localhost\nContent-Length: 3"
    assert sent("uwsgi_pass_request_headers off;", request, b"abc") == b"\0\0\0\0abc"
    assert sent("uwsgi_pass_request_headers off; uwsgi_pass_request_body off;", request, b"abc") == b"\0\0\0\0"


def test_a_packet_that_is_too_big() -> None:
    asked = site(Server(), directives="uwsgi_param A $arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a;")
    assert asked.serve(f"GET /?a={'x' * 6000} HTTP/1.0").startswith(b"HTTP/1.1 500 ")
    assert asked.connection.logged == [("alert", b"uwsgi request is too big: 66005")]


@pytest.mark.parametrize(
    ("head", "line", "lines"),
    [
        ("Status: 404 Nope\n\nx", b"404 Nope", [b"Server: nginx/1.22.1", b"Status: 404 Nope"]),
        ("HTTP/1.0 201 Made\nServer: s\n\nx", b"201 Made", [b"Server: s"]),
        ("HTTP/1.0 000 No\n\nx", b"200 OK", []),
        ("Location: http://o/\n\nx", b"302 Moved Temporarily", [b"Location: http://o/"]),
        ("X-Accel-Expires: 5\nX-Pad: 1\n\nx", b"200 OK", [b"X-Pad: 1"]),
        ("Transfer-Encoding: chunked\nContent-Length: 1\n\nx", b"200 OK", [b"Content-Length: 1"]),
    ],
)
def test_the_head_of_an_answer(head: str, line: bytes, lines: list[bytes]) -> None:
    first, *rest = answer(head).partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert first == b"HTTP/1.1 " + line
    assert set(lines) <= set(rest)
    assert not [text for text in rest if text.startswith(b"X-Accel-")]


@pytest.mark.parametrize(("length", "cut"), [("3", True), ("1", False)])
def test_an_answer_that_is_cut_off(length: str, cut: bool) -> None:
    asked = site(Server(says(f"Content-Length: {length}\n\nx"), CLOSED))
    assert asked.serve(_GET).endswith(b"\r\n\r\nx")
    assert asked.connection.logged == ([("error", b"upstream prematurely closed connection")] if cut else [])


def test_a_status_that_makes_no_sense() -> None:
    asked = site(Server(says("Status: 40\n\nx")))
    assert asked.serve(_GET).startswith(b"HTTP/1.1 502 ")
    assert asked.connection.logged == [("error", b'upstream sent invalid status "40"')]


@pytest.mark.parametrize(("request_head", "body"), [("HEAD / HTTP/1.0", b""), ("GET / HTTP/1.0", b"x")])
def test_a_head_alone(request_head: str, body: bytes) -> None:
    assert answer("X-A: 1\n\nx", request=request_head).endswith(b"X-A: 1\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("target", "secure"), [("suwsgi://127.0.0.1:81", True), ("$arg_t://127.0.0.1:81", True), ("$server_addr:81", False)]
)
def test_the_target(target: str, secure: bool) -> None:
    server = Server(says("\n\n"), CLOSED)
    site(server, target=target).serve("GET /?t=suwsgi HTTP/1.0")
    assert server.endpoint is not None
    assert (server.endpoint.port, isinstance(server.endpoint.tls, Tls)) == (81, secure)


@pytest.mark.parametrize(
    ("target", "message"), [("nope", b'no port in upstream "nope"'), ("uwsgi://", b'invalid host in upstream "uwsgi://"')]
)
def test_a_target_that_is_none(target: str, message: bytes) -> None:
    asked = site(target="$arg_t")
    assert asked.serve(f"GET /?t={target} HTTP/1.0").startswith(b"HTTP/1.1 500 ")
    assert asked.connection.logged == [("error", message)]
