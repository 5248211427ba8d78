"""addition: answers of subrequests around a body."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.output import send_body, send_header
from ngxpush.http.request import Request
from tests.http.fakes import FakeConnection, make_request
from tests.http.serving import Site

BOTH = {"add_before_body": b"/b", "add_after_body": b"/a"}


class Answer:
    """An answer in HTTP/1.1 that gets additions, and the subrequests it has started."""

    def __init__(self, **settings: Any) -> None:
        self.request, self.connection = make_request(addition=settings)
        self.request.response.status = 200
        self.request.response.content_type = b"text/html"
        self.request.response.content_length = 4
        send_header(self.request)

    @property
    def body(self) -> bytes:
        return self.connection.written.partition(b"\r\n\r\n")[2]

    def started(self, number: int) -> tuple[Request, Any]:
        return self.connection.started_subrequests[number]

    def add(self, number: int, text: bytes) -> None:
        """A piece of a subrequest's body."""
        take = self.started(number)[0].take_body
        assert take is not None
        take(text, False)

    def end(self, number: int) -> None:
        self.started(number)[1]()


def test_the_order_is_kept_whoever_is_first() -> None:
    answer = Answer(**BOTH)
    send_body(answer.request, b"body")
    send_body(answer.request, b"", last=True)
    assert [started[0].uri for started in answer.connection.started_subrequests] == [b"/b", b"/a"]
    answer.add(1, b"after")
    answer.end(1)
    answer.add(0, b"before")
    answer.add(0, b"hand")
    assert answer.body == b""
    answer.end(0)
    assert answer.body == b"6\r\nbefore\r\n4\r\nhand\r\n4\r\nbody\r\n5\r\nafter\r\n0\r\n\r\n"


def test_a_stream_goes_on_once_the_text_before_it_is_whole() -> None:
    answer = Answer(add_before_body=b"/b")
    send_body(answer.request, b"1", flush=True)
    send_body(answer.request, b"2", flush=True)
    answer.add(0, b"b")
    answer.end(0)
    assert answer.body == b"1\r\nb\r\n2\r\n12\r\n"
    send_body(answer.request, b"3", flush=True)
    assert answer.body.endswith(b"2\r\n12\r\n1\r\n3\r\n")


def test_the_text_after_a_stream_waits_for_its_end() -> None:
    answer = Answer(add_after_body=b"/a")
    send_body(answer.request, b"1", flush=True)
    assert answer.body == b"1\r\n1\r\n" and not answer.connection.started_subrequests
    send_body(answer.request, b"", last=True)
    answer.end(0)
    assert answer.body == b"1\r\n1\r\n0\r\n\r\n"


def _head(connection: FakeConnection) -> bytes:
    return connection.written.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    ("status", "content_type", "types", "added"),
    [
        (200, b"text/html", b"text/html", True),
        (200, b"Text/HTML", b"text/html", True),
        (200, b"text/plain", b"text/html", False),
        (200, b"text/plain", b"*", True),
        (404, b"text/html", b"*", False),
        (200, None, b"*", True),
        (200, None, b"text/html", False),
    ],
)
def test_which_answers(status: int, content_type: bytes | None, types: bytes, added: bool) -> None:
    request, connection = make_request(addition={**BOTH, "addition_types": frozenset((types,))})
    request.response.status, request.response.content_type, request.response.content_length = status, content_type, 4
    send_header(request)
    send_body(request, b"body", last=True)
    assert bool(connection.started_subrequests) is added
    assert (b"Content-Length" in _head(connection)) is not added


def test_the_subrequest_has_neither_arguments_nor_filters_of_its_own_head() -> None:
    text = "server { listen 80; location / { add_after_body /t?x; addition_types *; return 200 body; } "
    text += 'location /t { add_header X-Tail 1; return 200 "[$args$request_uri]"; } }'
    site = Site(text)
    assert b"X-Tail" not in site.serve("GET /p?a=1 HTTP/1.0\nHost: x")
    assert [request.uri for request in site.subrequests] == [b"/t?x"]
    assert site.connection.written.endswith(b"\r\n\r\nbody[/p?a=1]")


def test_head_starts_nothing() -> None:
    site = Site("server { listen 80; addition_types *; add_before_body /t; location / { return 200 body; } }")
    site.serve("HEAD /p HTTP/1.1\nHost: x")
    assert not site.subrequests


def test_sub_filter_works_on_each_body_by_itself() -> None:
    text = "server { listen 80; sub_filter_types *; addition_types *; sub_filter a b; "
    text += "location / { add_after_body /t; return 200 aa; } location /t { return 200 ca; } }"
    site = Site(text)
    assert site.serve("GET /p HTTP/1.0\nHost: x").endswith(b"\r\n\r\nbacb")
