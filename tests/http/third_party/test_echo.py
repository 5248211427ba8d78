"""echo. tests/differential/test_third_party.py asks Debian's build of it the same and more."""

from __future__ import annotations

import pytest

from tests.http.serving import Site, server

_SUB = 'location /sub { echo "$uri $args $echo_request_method $echo_request_body"; } '


def _body(commands: str, target: str = "/", body: bytes = b"") -> tuple[int, str]:
    """The status, and the body without its chunks."""
    site = server(_SUB + f"location / {{ {commands} }}", {"/body": "of a file"})
    site.body = body
    answer = site.serve(f"GET {target} HTTP/1.0\nHost: here\nContent-Length: {len(body)}")
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head[9:12] or 0), text.decode()


@pytest.mark.parametrize(
    ("commands", "text"),
    [
        ("echo a; echo -n b c; echo; echo -- -n; echo -x d;", "a\nb c\n-n\nd\n"),
        ("echo_duplicate 2_0 a;", 20 * "a"),
        ("echo a; echo_flush; echo_sleep 0.5; echo_blocking_sleep 1; echo b;", "a\nb\n"),
        ("echo_reset_timer; echo $echo_timer_elapsed $echo_incr $echo_incr;", "0.000 1 1\n"),
        ("echo_read_request_body; echo_request_body; echo;", "sent\n"),
        ("echo; echo $echo_request_uri $echo_client_request_method $echo_response_status;", "\n/ GET 200\n"),
        ("echo -n $echo_client_request_headers;", "GET / HTTP/1.0\r\nHost: here\r\nContent-Length: 4\r\n\r\n"),
        ("echo a; echo_location /sub x=1; echo b; echo_location '/sub?y';", "a\n/sub x=1 GET sent\nb\n/sub y GET sent\n"),
        ("echo_location_async /sub; echo b;", "/sub  GET sent\nb\n"),
        ("echo_subrequest PUT /sub -q a=b -b c; echo_subrequest HEAD /sub;", "/sub a=b PUT c\n"),
        ("echo_subrequest POST /sub -f /body;", "/sub  POST of a file\n"),
        ("echo_foreach_split , a,,b; echo [$echo_it]; echo_end; echo end $echo_it;", "[a]\n[b]\nend \n"),
        ("echo_exec /sub a=b;", "/sub a=b GET \n"),
        ("echo_exec '/sub?c';", "/sub c GET \n"),
        ("echo_before_body before; echo_after_body after; return 200 x;", "before\nxafter\n"),
    ],
)
def test_bodies(commands: str, text: str) -> None:
    assert _body(commands, body=b"sent") == (200, text)


def test_statuses() -> None:
    assert _body("echo_status 404; echo a;") == (404, "a\n")
    assert _body("echo_sleep x;")[0] == 400
    assert _body("echo_duplicate x a;") == (0, "")
    assert _body("echo_subrequest POST /sub -f /none;") == (0, "")
    assert _body("echo_duplicate 0 a;") == (200, "")


def test_after_output_a_failure_closes_the_connection() -> None:
    assert _body("echo a; echo_sleep x;") == (0, "")
    assert _body("echo_abort_parent;")[0] == 500


def test_a_text_that_does_not_fit_into_memory() -> None:
    assert _body(f"echo_duplicate {1 << 62} ab;")[0] == 500


def test_named_locations() -> None:
    site = Site("server { location / { echo_exec @there a=b; } location @there { echo $uri $args; } }")
    assert site.serve("GET /x HTTP/1.0").endswith(b"\r\n\r\n/x \n")
    assert any("querystring a=b ignored" in str(line) for line in site.connection.logged)
