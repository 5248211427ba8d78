"""Heads on their way in."""

from __future__ import annotations

import pytest

from ngxpush.http.recorder import Debugging

from .client import Client, get


def test_malformed_requests_get_a_page_and_the_end() -> None:
    client = Client()
    assert client.send(b"get").startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert client.closed
    assert client.hosting.logged == ["client sent invalid method"]


def test_empty_lines_before_a_request_are_its_beginning() -> None:
    client = Client()
    client.send(b"\r\n")
    assert client.connection.activities == ("reading",)
    client.stop_sending()
    assert client.closed and [status for _, status, _ in client.hosting.access] == [400]


def test_a_head_that_comes_is_counted_as_read() -> None:
    client = Client()
    client.send(b"\r\nG")
    assert client.connection.activities == ("reading",)
    client.send(b"ET /later HTTP/1.1\r\nHost: a\r\n\r\n")
    assert client.connection.activities == ("writing",)


def test_a_head_that_is_late_is_408_without_an_answer() -> None:
    client = Client()
    client.send(b"GET / HTTP/1.1\r\n")
    client.advance(61)
    assert client.closed and client.transport.written == b""
    assert [status for _, status, _ in client.hosting.access] == [408]
    assert client.hosting.logged == ["client timed out (110: Connection timed out) while reading client request headers"]


def test_empty_lines_alone_are_a_request_that_is_late() -> None:
    client = Client()
    client.send(b"\r\n")
    client.advance(61)
    assert client.closed and [status for _, status, _ in client.hosting.access] == [408]
    assert client.hosting.logged == ["client timed out (110: Connection timed out) while reading client request line"]


def test_the_host_chooses_the_server() -> None:
    client = Client()
    client.send(get(b"/later"))
    request = client.connection.request
    assert request is not None and request.input.host == b"a" and request.server is client.connection.listener.default_server


@pytest.mark.parametrize(("debugging", "recorded"), [(Debugging.OFF, False), (Debugging.BY_LEVEL, True), (Debugging.FULL, True)])
def test_what_is_decided_is_noted_where_a_log_takes_it(debugging: Debugging, recorded: bool) -> None:
    client = Client()
    client.connection.facts.debugging = debugging
    client.send(b"GET / HTTP/1.1\r\n")
    assert client.connection.request is not None
    assert (client.connection.request.recorder is not None) is recorded
