"""Which parameters a request has, and in which order."""

from __future__ import annotations

import pytest

from tests.http.upstream.servers import CLOSED, ProxiedSite, Server, says


def pairs(directives: str, headers: str) -> list[tuple[bytes, bytes]]:
    """The parameters as an SCGI server gets them, without its CONTENT_LENGTH."""
    server = Server(says("\n\n"), CLOSED)
    site = ProxiedSite(f"underscores_in_headers on; server {{ location / {{ scgi_pass 127.0.0.1:81; {directives} }} }}", server)
    site.serve(f"GET / HTTP/1.1\nHost: h\n{headers}")
    fields = server.sent.partition(b":")[2].split(b"\0")[2:-1]
    return list(zip(fields[::2], fields[1::2], strict=True))


@pytest.mark.parametrize(
    ("directives", "headers", "expected"),
    [
        ("", "x-A: 1\nX-B:\nX-a: 2", [(b"HTTP_HOST", b"h"), (b"HTTP_X_A", b"1"), (b"HTTP_X_B", b""), (b"HTTP_X_A", b"2")]),
        ("scgi_param A $uri; scgi_param A '';", "X: y", [(b"A", b"/"), (b"A", b""), (b"HTTP_HOST", b"h"), (b"HTTP_X", b"y")]),
        ("scgi_param A $arg_a if_not_empty;", "X: y", [(b"HTTP_HOST", b"h"), (b"HTTP_X", b"y")]),
        ("scgi_param HTTP_HOST g;", "X: y", [(b"HTTP_HOST", b"g"), (b"HTTP_X", b"y")]),
        ("scgi_param HTTP_HOST ''; scgi_param HTTP_X $arg_x;", "X: y", [(b"HTTP_X", b"")]),
        ("scgi_param HTTP_X_Y $arg_x if_not_empty;", "x_y: 1\nX-Y: 2", [(b"HTTP_HOST", b"h")]),
        ("scgi_param http_host g; scgi_param HTTP_ '';", "X: y", [(b"http_host", b"g"), (b"HTTP_", b""), (b"HTTP_HOST", b"h")]),
        ("scgi_pass_request_headers off; scgi_param A b;", "X: y", [(b"A", b"b")]),
    ],
)
def test_the_parameters(directives: str, headers: str, expected: list[tuple[bytes, bytes]]) -> None:
    assert pairs(directives, headers)[: len(expected)] == expected
