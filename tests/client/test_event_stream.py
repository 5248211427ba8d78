"""Event streams, cut anywhere."""

from __future__ import annotations

import pytest

from ngxpush.client.event_stream import EventStreamReader
from ngxpush.client.message_pattern import MessagePattern
from ngxpush.client.received_message import ReceivedMessage


def read(*parts: bytes, template: bytes = b"~text~") -> list[ReceivedMessage]:
    reader = EventStreamReader(MessagePattern(template))
    return [message for part in parts for message in reader.receive(part)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b": \ndata: a\n\n: -1\n", [ReceivedMessage(b"a")]),
        (
            b"id: 1\nevent: t\ndata: a\n\ndata: b\n\n",
            [ReceivedMessage(b"a", event_id="1", event_type="t"), ReceivedMessage(b"b")],
        ),
        (b"data: a\r\ndata:b\rdata:  c\n\r\n", [ReceivedMessage(b"a\nb\n c")]),
        (b"data\n\ndata\ndata\n\n", [ReceivedMessage(b""), ReceivedMessage(b"\n")]),
        (b"event: t\n\nid: 1\n\ndata: a\n\n", [ReceivedMessage(b"a")]),
        (b"id: a\0b\ndata: a\nother: x\n\n", [ReceivedMessage(b"a")]),
        (b"\xef\xbb\xbfdata: \xff\n\n", [ReceivedMessage(b"\xff")]),
        (b"data: unfinished\n", []),
    ],
)
def test_events(stream: bytes, expected: list[ReceivedMessage]) -> None:
    assert read(stream) == expected
    assert read(*(stream[at : at + 1] for at in range(len(stream)))) == expected


def test_a_byte_order_mark_that_is_cut() -> None:
    assert read(b"\xef\xbb", b"\xbf\ndata: a\n\n") == [ReceivedMessage(b"a")]


def test_a_template() -> None:
    stream = b"id: e\ndata: 4 m1\ndata: 4 m2\n\n"
    assert read(stream, template=b"~id~ ~text~") == [ReceivedMessage(b"m1\nm2", id=4, event_id="e")]


def test_a_long_line_is_searched_once() -> None:
    """Searched from each byte on, these would take hours."""
    text = b"x" * 1_000_000
    assert read(b"data: ", *[text] * 10, b"\n\n") == [ReceivedMessage(text * 10)]
