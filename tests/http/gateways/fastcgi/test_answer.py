"""Answers, whole, in pieces and broken."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.fastcgi.answer import FastcgiAnswer, FastcgiBody
from ngxpush.http.upstream.body import InvalidBody
from ngxpush.http.upstream.response import InvalidHeader, TooBigHeader

END = b"\1\3\0\1\0\10\0\0" + bytes(8)
HEAD = b"Content-Type: text/plain\r\n\r\n"


def record(kind: int, content: bytes = b"", padding: int = 0) -> bytes:
    return bytes((1, kind, 0, 1)) + len(content).to_bytes(2, "big") + bytes((padding, 0)) + content + bytes(padding)


def out(content: bytes = b"", padding: int = 0) -> bytes:
    return record(6, content, padding)


def err(content: bytes) -> bytes:
    return record(7, content)


def read(
    data: bytes, keep: bool = False, step: int = 4096, buffered: bool = True, size: int = 4096
) -> tuple[FastcgiAnswer, FastcgiBody, bytes, list[bytes]]:
    """The answer, its body, what the client gets of it, and the lines of the error log."""
    lines: list[bytes] = []
    answer = FastcgiAnswer(lambda level, text: lines.append(text), 4096, (b"Fatal",), keep, lambda: buffered)
    body: FastcgiBody | None = None
    content = b""
    for piece in (data[place : place + step] for place in range(0, len(data), step)):
        if body is not None:
            content += body.feed(piece)
        elif answer.feed(piece) is not None:
            body = answer.body()
            content += body.feed(answer.rest + answer.unread)
    assert body is not None
    return answer, body, content, lines


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_an_answer_in_any_cut(step: int) -> None:
    data = out(HEAD[:9], 3) + out(HEAD[9:] + b"he", 2) + out(b"llo") + out() + END
    answer, body, content, lines = read(data, step=step)
    assert (answer.head.status, answer.head.headers) == (200, [(b"Content-Type", b"text/plain")])
    assert (content, body.ended, answer.keeps_open, lines) == (b"hello", True, False, [])


def test_standard_error_goes_to_the_log() -> None:
    _, _, content, lines = read(
        err(b"") + err(b"PHP warning. \r\n") + out(HEAD + b"he") + err(b"more") + err(b"") + out(b"llo") + out() + END
    )
    assert content == b"hello"
    assert lines == [b'FastCGI sent in stderr: "PHP warning"', b'FastCGI sent in stderr: "more"']


def test_standard_error_alone_may_be_larger_than_the_buffer() -> None:
    _, _, content, lines = read(err(b"y" * 5000) + out(HEAD + b"hello") + out() + END)
    assert (content, len(lines)) == (b"hello", 2)


def test_with_keep_conn_the_end_of_the_request_counts() -> None:
    answer, body, _, _ = read(out(HEAD + b"hello") + out(), keep=True)
    assert (body.ended, body.at_end(), body.least) == (False, False, 1)
    body.feed(END)
    assert (body.ended, answer.keeps_open) == (True, True)


def test_the_end_may_be_an_empty_record() -> None:
    answer, body, _, _ = read(out(HEAD + b"hello") + b"\1\3\0\1\0\0\0\0", keep=True)
    assert (body.ended, answer.keeps_open) == (True, True)


def test_bytes_after_the_end_spoil_the_connection() -> None:
    answer, _, _, _ = read(out(HEAD + b"hello") + out() + END + b"x", keep=True)
    assert not answer.keeps_open


def test_more_than_content_length() -> None:
    _, body, content, _ = read(out(b"Content-Length: 3\r\n" + HEAD + b"hello"))
    assert (content, body.ended) == (b"hel", True)
    assert body.excess == b'upstream sent more data than specified in "Content-Length" header'


@pytest.mark.parametrize(("last", "what"), [(out(), b"stdout"), (END, b"request")])
def test_less_than_content_length(last: bytes, what: bytes) -> None:
    _, body, content, _ = read(out(b"Content-Length: 9\r\n" + HEAD + b"hello") + last)
    assert (content, body.ended, body.cut) == (b"hello", False, b"upstream prematurely closed FastCGI " + what)


def test_standard_output_that_is_closed_early_without_buffering() -> None:
    _, body, content, _ = read(out(b"Content-Length: 9\r\n" + HEAD + b"hello") + out(), buffered=False)
    assert (content, body.cut, body.ended, body.at_end()) == (b"hello", b"", False, True)
    body.feed(END)
    assert body.cut == b"upstream prematurely closed FastCGI request"


def test_where_the_connection_is_kept_such_an_answer_ends_as_a_whole_one() -> None:
    """Measured, also with fastcgi_cache; the connection is closed."""
    for keep in (False, True):
        _, body, content, _ = read(out(b"Content-Length: 9\r\n" + HEAD + b"hello") + out(), keep=keep)
        assert (content, body.cut) == (b"hello", b"upstream prematurely closed FastCGI stdout")
        assert (body.ended, body.reusable) == (keep, False)


def test_to_head_there_may_be_no_body() -> None:
    for content, cut in ((b"", b""), (b"hello", b"upstream prematurely closed FastCGI stdout")):
        answer = FastcgiAnswer(lambda level, text: None, 4096, (), False, lambda: True, to_head=True)
        answer.feed(out(b"Content-Length: 9\r\n" + HEAD + content) + out())
        body = answer.body()
        assert (body.feed(answer.rest), body.cut) == (content, cut)


def test_a_broken_record_in_the_body() -> None:
    with pytest.raises(InvalidBody):
        read(out(HEAD + b"hello") + b"\2")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (out(b"X Y: z\r\n"), b'upstream sent invalid header: "X\\x20..."'),
        (out(b"Status: abc\r\n\r\n"), b'upstream sent invalid status "abc"'),
        (out(), b"upstream prematurely closed FastCGI stdout"),
        (END, b"upstream sent unexpected FastCGI record: 3"),
        (err(b"PHP Fatal error"), b'FastCGI sent in stderr: "PHP Fatal error"'),
        (b"HTTP/1.1", b"upstream sent unsupported FastCGI protocol version: 72"),
    ],
)
def test_invalid_heads(data: bytes, message: bytes) -> None:
    with pytest.raises(InvalidHeader) as raised:
        read(data)
    assert raised.value.args == (message,)


def test_a_head_that_does_not_fit() -> None:
    with pytest.raises(TooBigHeader):
        read(out(b"X: " + b"x" * 5000 + b"\r\n\r\n"))
