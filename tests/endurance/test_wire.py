"""The readers of the clients, fed with answers that are cut anywhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .wire import BrokenAnswer, EventSource, LongPolling, Reader, Streaming, WebSocket

_HEAD = b"HTTP/1.1 200 OK\r\nEtag: W/2\r\nTransfer-Encoding: chunked\r\n\r\n"
_LONG = b"l" * 300
_ANSWERS: list[tuple[Callable[[], Reader], bytes, list[bytes]]] = [
    (Streaming, b"HTTP/1.1 200 OK\r\n\r\nsubscribed\none\n" + _LONG + b"\ncut o", [b"subscribed", b"one", _LONG]),
    (
        EventSource,
        _HEAD + b"d\r\n: subscribed\n\r\n6\r\nid: 2\n\r\n7\r\ndata: o\r\n4\r\nne\n\n\r\n10\r\ndata: cut",
        [b"subscribed", b"one"],
    ),
    (LongPolling, _HEAD + b"8\r\none\ntwo\n\r\n0\r\n\r\n", [b"one", b"two"]),
    (LongPolling, _HEAD + b"8\r\none\ntwo\n\r\n", []),
    (WebSocket, b"HTTP/1.1 101 S\r\n\r\n\x81\x04one\n\x81\x7e\x01\x2d" + _LONG + b"\n\x88\x00\x81\x05cut", [b"one", _LONG]),
]


@pytest.mark.parametrize(("reader", "answer", "lines"), _ANSWERS)
def test_lines(reader: Callable[[], Reader], answer: bytes, lines: list[bytes]) -> None:
    assert reader().feed(answer) == lines
    for cut in range(len(answer)):
        reading = reader()
        assert reading.feed(answer[:cut]) + reading.feed(answer[cut:]) == lines, cut
    reading = reader()
    assert [line for place in range(len(answer)) for line in reading.feed(answer[place : place + 1])] == lines


@pytest.mark.parametrize(
    ("reader", "answer"),
    [
        (Streaming, b"garbage\r\n\r\n"),
        (EventSource, _HEAD + b"xyz\r\n"),
        (EventSource, _HEAD + b"1\r\nabc\r\n"),
        (WebSocket, b"HTTP/1.1 101 S\r\n\r\n\x01\x01a"),
    ],
)
def test_what_makes_no_sense(reader: Callable[[], Reader], answer: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        reader().feed(answer)
