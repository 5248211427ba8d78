"""fastcgi_pass: what is sent, and what becomes of the answer. tests/differential/test_fastcgi.py asks a real nginx the same."""

from __future__ import annotations

from ngxpush.http.upstream.connection import Happening, PeerEvent
from tests.http.fakes import MemoryBodyFile
from tests.http.gateways.fastcgi.test_answer import END, err, out
from tests.http.upstream.servers import CLOSED, ProxiedSite, Server, says

ANSWER = says(out(b"Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello") + out() + END)


def location(directives: str = "", target: str = "127.0.0.1:9000", http: str = "") -> str:
    return f"{http} server {{ location / {{ {directives} fastcgi_pass {target}; }} }}"


def test_a_page() -> None:
    server = Server(ANSWER, CLOSED)
    site = ProxiedSite(location("fastcgi_param A b; fastcgi_param EMPTY '' if_not_empty;"), server)
    assert site.get("/x") == (200, "hello")
    assert server.sent.startswith(b"\1\1\0\1\0\10\0\0\0\1\0")
    assert b"\1\1Ab" in server.sent and b"EMPTY" not in server.sent
    assert server.sent.endswith(b"\1\5\0\1\0\0\0\0")
    assert server.closed


def test_the_body_is_sent() -> None:
    server = Server(ANSWER, CLOSED)
    site = ProxiedSite(location(), server, body=b"abc")
    assert site.get("/") == (200, "hello")
    assert server.sent.endswith(b"\1\5\0\1\0\3\5\0abc" + bytes(5) + b"\1\5\0\1\0\0\0\0")


def test_a_body_in_a_file_is_sent() -> None:
    server = Server(ANSWER, CLOSED)
    site = ProxiedSite(location(), server)
    site.body_file = MemoryBodyFile(b"abc")
    assert site.get("/") == (200, "hello")
    assert server.sent.endswith(b"\1\5\0\1\0\3\5\0abc" + bytes(5) + b"\1\5\0\1\0\0\0\0")


def test_the_body_is_not_sent() -> None:
    server = Server(ANSWER, CLOSED)
    assert ProxiedSite(location("fastcgi_pass_request_body off;"), server, body=b"abc").get("/") == (200, "hello")
    assert b"abc" not in server.sent


def test_parameters_that_are_too_large() -> None:
    site = ProxiedSite(location(f"fastcgi_param BIG '{'x' * 3000}{'$uri' * 200}';"))
    assert site.get("/" + "y" * 400)[0] == 500
    assert site.connection.logged == [("alert", b"fastcgi request record is too big: %d" % (3000 + 200 * 401 + 28))]


def test_standard_error_is_logged() -> None:
    site = ProxiedSite(location(), Server(says(err(b"Oops\n") + out(b"Status: 404 Gone\r\n\r\n") + out() + END), CLOSED))
    assert site.get("/")[0] == 404
    assert site.connection.logged == [("error", b'FastCGI sent in stderr: "Oops"')]


def test_an_answer_that_is_cut_off() -> None:
    site = ProxiedSite(location(), Server(says(out(b"Content-Length: 9\r\n\r\nhello") + out()), CLOSED))
    site.get("/")
    assert site.connection.logged == [("error", b"upstream prematurely closed FastCGI stdout")]


def test_the_end_of_an_answer_counts_though_the_connection_breaks_but_its_last_bytes_do_not() -> None:
    """Measured with nginx 1.22.1."""
    broken = PeerEvent(Happening.END, error=ConnectionResetError(104, "Connection reset by peer"))
    site = ProxiedSite(location(), Server(says(out(b"X: y\r\n\r\nhello") + out() + END), broken))
    assert site.get("/") == (200, "0\r\n\r\n")
    assert site.connection.logged == [("error", b"readv() failed (104: Connection reset by peer)")]


def test_a_connection_is_used_again() -> None:
    server = Server(ANSWER, ANSWER)
    site = ProxiedSite(location("fastcgi_keep_conn on;", "app", "upstream app { server 127.0.0.1:9000; keepalive 1; }"), server)
    assert [site.get("/"), site.get("/")] == [(200, "hello")] * 2
    assert site.opened == [b"127.0.0.1:9000"]


def test_a_location_holds_settings_of_two_gateways() -> None:
    server = Server(ANSWER, CLOSED)
    assert ProxiedSite(location("proxy_set_header X y; fastcgi_param A b;"), server).get("/") == (200, "hello")
    assert b"\1\1Ab" in server.sent


def test_what_came_before_a_request_that_is_ended_early_is_sent() -> None:
    """Also if the connection has ended by then, when nginx would pass on the rest of a body as one piece."""
    server = Server(says(out(b"Content-Type: text/plain\r\nContent-Length: 9\r\n\r\nhello") + END))
    server.is_ending = True
    filtered = "fastcgi_keep_conn on; sub_filter x y; sub_filter_types *;"
    assert ProxiedSite(location(filtered), server).get("/") == (200, "5\r\nhello\r\n")
