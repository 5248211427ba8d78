"""How pieces are put on the wire."""

from __future__ import annotations

import pytest

from ngxpush.push.delivery import Payload, Repeated, encode, joined, send
from ngxpush.push.question import Encoding
from tests.push.fakes import FakeSink


@pytest.mark.parametrize(
    ("encoding", "payload"),
    [
        (Encoding.CHUNKED, b"3\r\none\r\n10\r\n" + b"x" * 16 + b"\r\n"),
        (Encoding.IDENTITY, (b"one", b"x" * 16)),
        (Encoding.FRAME, b"one" + b"x" * 16),
    ],
)
def test_encode(encoding: Encoding, payload: Payload) -> None:
    assert encode([b"", b"one", b"", b"x" * 16], encoding) == payload


@pytest.mark.parametrize(
    ("encoding", "writes"),
    [(Encoding.CHUNKED, [b"1\r\na\r\n1\r\nb\r\n"]), (Encoding.IDENTITY, [b"a", b"b"]), (Encoding.FRAME, [b"ab"])],
)
def test_send(encoding: Encoding, writes: list[bytes]) -> None:
    sink = FakeSink(encoding)
    send(sink, [b"a", b"b"])
    send(sink, [b""])
    assert sink.writes == writes


def test_a_write_that_repeats() -> None:
    written: list[Payload] = []
    write = Repeated(written.append, 3)
    write(b"m")
    assert written == [b"m"] * 3
    assert write.repeat((b"m", b"n")) == (b"m", b"m", b"m", b"n", b"n", b"n")


@pytest.mark.parametrize(("payloads", "payload"), [([b"1", b"2"], b"12"), ([(b"1", b"2"), (b"3",)], (b"123",))])
def test_joined(payloads: list[Payload], payload: Payload) -> None:
    assert joined(payloads) == payload
