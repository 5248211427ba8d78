"""Heads of answers, whole and broken, in any cut."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.response import Head, HeadParser, InvalidHeader, TooBigHeader


def parse(data: bytes, size: int = 4096, step: int = 1) -> tuple[Head | None, bytes]:
    parser = HeadParser(size)
    for place in range(0, len(data), step):
        head = parser.feed(data[place : place + step])
        if head is not None:
            return head, parser.rest + data[place + step :]
    return None, b""


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_head_in_any_cut(step: int) -> None:
    head, rest = parse(b"HTTP/1.1 200 All fine\r\nX-A:  b c \r\nx-a: \nContent-Length: 2\r\n\r\nhi", step=step)
    assert head is not None
    assert (head.status, head.status_line, head.content_length) == (200, b"200 All fine", 2)
    assert head.headers == [(b"X-A", b"b c"), (b"x-a", b""), (b"Content-Length", b"2")]
    assert head.size == 62
    assert rest == b"hi"


@pytest.mark.parametrize(
    ("lines", "length", "chunked", "close"),
    [
        (b"HTTP/1.1 200\r\n", None, False, False),
        (b"HTTP/1.0 200 OK\r\n", None, False, True),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", None, False, True),
        (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n", None, False, True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n", None, True, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n", None, False, False),
    ],
)
def test_how_the_body_ends(lines: bytes, length: int | None, chunked: bool, close: bool) -> None:
    head, _ = parse(lines + b"\r\n")
    assert head is not None
    assert (head.content_length, head.chunked, head.connection_close) == (length, chunked, close)


def test_an_answer_without_a_head() -> None:
    head, rest = parse(b"hello\r\n\r\nyou")
    assert head is not None
    assert not head.http
    assert rest == b"hello\r\n\r\nyou"


@pytest.mark.parametrize(
    ("line", "shown"),
    [(b"no colon", b'"no\\x20..."'), (b" folded: x", b'"\\x20..."'), (b"X-A: a\0b", b'"X-A: a\\x00..."')],
)
def test_an_invalid_line(line: bytes, shown: bytes) -> None:
    with pytest.raises(InvalidHeader) as caught:
        parse(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n")
    assert caught.value.args == (b"upstream sent invalid header: " + shown,)


def test_a_head_larger_than_the_buffer() -> None:
    with pytest.raises(TooBigHeader):
        parse(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 50, size=40)
    head, _ = parse(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 10 + b"\r\n\r\n", size=40)
    assert head is not None
