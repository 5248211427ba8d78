"""mirror: copies of requests."""

from __future__ import annotations

from tests.http.serving import Site

MIRRORS = "mirror /m/1; mirror /m/2;"


def site(settings: str) -> Site:
    text = 'server { listen 80; location / { %s empty_gif; } location /m/ { mirror /again; return 500 "[$request_body]"; } }'
    return Site(text % settings, body=b"body")


def test_each_mirror_gets_a_copy_and_the_answer_is_the_first() -> None:
    mirrored = site(MIRRORS)
    answer = mirrored.serve("POST /x?a=1 HTTP/1.1\nHost: x\nContent-Length: 4")
    assert answer.startswith(b"HTTP/1.1 405 ") and answer.count(b"HTTP/1.1") == 1
    copies = [(copy.method, copy.uri, copy.args, copy.input.body, copy.response.status) for copy in mirrored.subrequests]
    assert copies == [(b"POST", b"/m/%d" % number, b"a=1", b"body", 500) for number in (1, 2)]


def test_without_the_body() -> None:
    mirrored = site(MIRRORS + "mirror_request_body off;")
    mirrored.serve("POST /x HTTP/1.1\nHost: x\nContent-Length: 4")
    assert [copy.input.body for copy in mirrored.subrequests] == [b"", b""]


def test_off() -> None:
    text = "server { listen 80; mirror /m; location / { mirror off; empty_gif; } }"
    mirrored = Site(text)
    mirrored.get("/x")
    assert not mirrored.subrequests
