"""Taking a written answer apart."""

from __future__ import annotations

import pytest

from ngxpush.explain.answer import WrittenAnswer, read_answer


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (b"", WrittenAnswer(0, (), b"")),
        (b"an HTTP/0.9 body", WrittenAnswer(0, (), b"an HTTP/0.9 body")),
        (b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", WrittenAnswer(204, (b"HTTP/1.1 204 No Content", b"Server: x"), b"")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
            WrittenAnswer(200, (b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked"), b"abc0123456789"),
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", WrittenAnswer(200, (b"HTTP/1.1 200 OK",), b"x")),
        (
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi\x81\x7e\x00\x80" + b"x" * 128 + b"\x89\x00\x88\x00",
            WrittenAnswer(101, (b"HTTP/1.1 101 Switching Protocols",), b"hi" + b"x" * 128 + b"<ping> <close> "),
        ),
    ],
)
def test_read_answer(written: bytes, answer: WrittenAnswer) -> None:
    assert read_answer(written) == answer
