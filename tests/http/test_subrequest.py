"""What a subrequest takes over from its main request, and what it has of its own."""

from __future__ import annotations

from ngxpush.http.subrequest import make_subrequest

from .fakes import make_request


def test_the_client_sent_both() -> None:
    main, _ = make_request(b"POST", [(b"X-A", b"1")], uri=b"/main")
    main.input.content_length = 3
    main.input.body = b"abc"
    made = make_subrequest(main, b"/sub", b"x=1")
    assert (made.method, made.uri, made.args, made.parent) == (b"GET", b"/sub", b"x=1", main)
    assert made.input.headers is main.input.headers
    assert (made.input.host, made.input.content_length, made.input.body) == (b"localhost", 3, b"abc")
    assert made.variables is main.variables


def test_what_is_the_connections_business_stays_with_the_main_request() -> None:
    main, _ = make_request()
    main.input.request_length, main.input.pipelined, main.input.chunked, main.input.lingering_close = 9, True, True, True
    sent = make_subrequest(main, b"/sub", body=b"").input
    assert (sent.request_length, sent.pipelined, sent.chunked, sent.lingering_close) == (0, False, False, False)
    assert sent.expect_tested
    assert sent.body == b""
    assert main.input.chunked
