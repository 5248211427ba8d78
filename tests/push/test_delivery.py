"""How pieces are put on the wire."""

from __future__ import annotations

import pytest

from ngxpush.push.delivery import Payload, encode, repeated, send
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


def test_repeated() -> None:
    written: list[Payload] = []
    repeated(written.append, 3)(b"m")
    assert written == [b"m"] * 3
