"""Heads of answers, whole and broken, in any cut."""

from __future__ import annotations

import pytest

from ngxpush.http.upstream.response import Head, HeadParser, InvalidHeader, StatusLine, TooBigHeader


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
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n", 6, False, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n", 9223372036854775807, False, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n", None, False, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"0" * 100 + b"5\r\n", 5, False, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \r\n", None, False, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", None, True, False),
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
    [
        (b"no colon", b'"no\\x20..."'),
        (b" folded: x", b'"\\x20..."'),
        (b"X-A: a\0b", b'"X-A: a\\x00..."'),
        (b"X-A: a  \0", b'"X-A: a  \\x00..."'),
        (b"X-A: a\rb", b'"X-A: a\\x0d..."'),
        (b"X-A: a  \rb", b'"X-A: a\\x20..."'),
        (b"X-A:  \rb", b'"X-A:  \\x0d..."'),
        (b"X-A\rb", b'"X-A\\x0d..."'),
        (b"\r\r", b'"\\x0d..."'),
        (b": a", b'"\\x3a..."'),
    ],
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


def test_lines_that_nginx_takes() -> None:
    lines = b"X-A\nX-B:\r\r\nHTTP/1.1 404 \rNo\n=: 1\nX_\xff: a \t\r\r\n"
    head, _ = parse(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n")
    assert head is not None
    assert head.headers == [(b"X-A", b""), (b"X-B", b""), (b"X_\xff", b"a \t")]


@pytest.mark.parametrize(
    ("line", "status", "shown"),
    [
        (b"HTTP/1.1 200", 200, b"200"),
        (b"HTTP/1.1  404 ", 404, b"404 "),
        (b"HTTP/999.0000999 099.5", 99, b"099.5"),
        (b"HTTP/1.1 2 0 0 OK", 200, b"0 0 OK"),
    ],
)
def test_status_lines(line: bytes, status: int, shown: bytes) -> None:
    head, _ = parse(line + b"\r\n\r\n")
    assert head is not None
    assert (head.status, head.status_line) == (status, shown)


@pytest.mark.parametrize(
    "line",
    [b"HTTP/0.9 200 OK", b"HTTP/1000.1 200 OK", b"HTTP/1.1000 200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 200 OK\rx", b"h"],
)
def test_other_first_lines_are_a_body(line: bytes) -> None:
    head, _ = parse(line + b"\r\n")
    assert head is not None
    assert not head.http


def test_what_does_not_fit_into_the_buffer_is_not_read() -> None:
    parser = HeadParser(24)
    assert parser.feed(b"HTTP/1.1 200 OK\r\n\r\nabcdefgh") is not None
    assert (parser.rest, parser.unread) == (b"abcde", b"fgh")


@pytest.mark.parametrize("step", [1, 4, 100])
@pytest.mark.parametrize(
    ("data", "status_line", "line", "headers"),
    [
        (b"A: b\r\n\r\n", StatusLine.POSSIBLE, b"", [(b"A", b"b")]),
        (b"\n", StatusLine.POSSIBLE, b"", []),
        (b"HTT: b\r\n\r\n", StatusLine.POSSIBLE, b"", [(b"HTT", b"b")]),
        (b"HTTP/1.1 404 X\r\nA: b\r\n\r\n", StatusLine.POSSIBLE, b"404 X", [(b"A", b"b")]),
        (b"HTTP/1.1 404 X\r\nA: b\r\n\r\n", StatusLine.ABSENT, b"", [(b"A", b"b")]),
    ],
)
def test_heads_that_need_no_status_line(
    data: bytes, status_line: StatusLine, line: bytes, headers: list[tuple[bytes, bytes]], step: int
) -> None:
    parser = HeadParser(100, status_line)
    heads = [parser.feed(data[place : place + step]) for place in range(0, len(data), step)]
    assert heads[:-1] == [None] * (len(heads) - 1)
    assert heads[-1] is not None
    assert (heads[-1].status_line, heads[-1].headers) == (line, headers)
