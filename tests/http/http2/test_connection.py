"""A connection of HTTP/2, with a client that speaks in frames."""

from __future__ import annotations

import pytest
from h2.errors import ErrorCodes

from ngxpush.http.http2 import events
from ngxpush.http.http2.frames import (
    ACK,
    END_HEADERS,
    END_STREAM,
    MOST_WINDOW,
    PADDED,
    PRIORITY,
    FrameKind,
    frame,
    number,
)
from tests.http.http2.client import GET, FrameClient
from tests.http.http2.received import Frame


def test_a_request_gets_its_answer_in_frames() -> None:
    client = FrameClient()
    assert [one.kind for one in client.greeting] == [FrameKind.SETTINGS, FrameKind.WINDOW_UPDATE]
    head, body = client.ask(1)
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"
    assert (body.kind, body.flags, body.payload) == (FrameKind.DATA, END_STREAM, b"hello")
    assert client.hosting.access == [(b"/", 200, 5)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (frame(FrameKind.WINDOW_UPDATE, 0, 0, number(0)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PING, 0, 0, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.CONTINUATION, 0, 1), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.SETTINGS, 0, 0, b"\0\x05" + number(1)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.SETTINGS, 0, 0, b"\0\x02" + number(2)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(1 << 31)), ErrorCodes.FLOW_CONTROL_ERROR),
        (frame(FrameKind.SETTINGS, 0, 0, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.SETTINGS, ACK, 0, b"long"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.WINDOW_UPDATE, 0, 0, number(MOST_WINDOW)), ErrorCodes.FLOW_CONTROL_ERROR),
        (frame(FrameKind.WINDOW_UPDATE, 0, 0, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.GOAWAY, 0, 0, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.RST_STREAM, 0, 1, b"short"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.RST_STREAM, 0, 0, number(0)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PRIORITY, 0, 1, b"toolong"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.PRIORITY, 0, 0, number(0) + b"a"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PUSH_PROMISE, 0, 1, number(2)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PUSH_PROMISE, 0, 1, number(2))[:9], ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.SETTINGS, 0, 1), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.GOAWAY, 0, 5, bytes(8)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PING, 0, 5, bytes(8)), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS | PADDED, 1, b"\x01a"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.SETTINGS, ACK, 1), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.DATA, 0, 0, b"a"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.PRIORITY, 0, 3, number(3) + b"a"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS, 2, b"a"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS, 2), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS | PRIORITY, 1, number(1) + b"ab"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS | PADDED, 1), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS | PADDED, 1, b"\x09abc"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS | PRIORITY, 1, b"abc"), ErrorCodes.FRAME_SIZE_ERROR),
        (frame(FrameKind.HEADERS, 0, 1, b"\x82") + frame(FrameKind.PING, 0, 0, b"12345678"), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, 0, 1, b"\x82") + frame(FrameKind.CONTINUATION, 0, 3), ErrorCodes.PROTOCOL_ERROR),
        (frame(FrameKind.HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff"), ErrorCodes.COMPRESSION_ERROR),
    ],
)
def test_a_wrong_frame_ends_the_connection(data: bytes, error: ErrorCodes) -> None:
    client = FrameClient()
    last = client.send(data)[-1]
    assert (last.kind, last.payload[4:]) == (FrameKind.GOAWAY, number(error))
    assert client.transport.half_closed


def test_http_1_is_no_preface() -> None:
    client = FrameClient(preface=b"GET / HTTP/1.1\r\n\r\n")
    assert client.greeting[-1].kind == FrameKind.GOAWAY
    assert client.hosting.logged == ["invalid connection preface while processing HTTP/2 connection"]


def test_a_field_in_upper_case_ends_the_stream() -> None:
    client = FrameClient()
    assert client.ask(1, *GET, ("X-A", "b")) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert not client.transport.half_closed


def test_a_ping_is_answered() -> None:
    client = FrameClient()
    assert client.send(frame(FrameKind.PING, 0, 0, b"12345678")) == [Frame(FrameKind.PING, ACK, 0, b"12345678")]
    assert client.send(frame(FrameKind.PING, ACK, 0, b"12345678")) == []


def test_a_head_may_come_in_parts() -> None:
    client = FrameClient()
    block = client.encoder.encode(list(GET))
    first = b"\x02" + number(0) + b"\x10" + block[:3] + b"\0\0"
    assert client.send(frame(FrameKind.HEADERS, PADDED | PRIORITY | END_STREAM, 1, first)) == []
    head = client.send(frame(FrameKind.CONTINUATION, END_HEADERS, 1, block[3:]))[0]
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"


def test_too_many_streams_are_refused() -> None:
    client = FrameClient("server { listen 80 http2; http2_max_concurrent_streams 1; location / { return 200 hello; } }")
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    assert client.ask(3) == [Frame(FrameKind.RST_STREAM, 0, 3, number(ErrorCodes.REFUSED_STREAM))]
    assert client.hosting.logged == ["concurrent streams exceeded 1 while processing HTTP/2 connection"]


@pytest.mark.parametrize("size", [8193, 40000])
def test_a_head_that_is_too_large_ends_the_connection(size: int) -> None:
    client = FrameClient()
    block = client.encoder.encode([*GET, ("x", "~" * size)])
    first, rest = block[:16384], block[16384:]
    answered = client.send(frame(FrameKind.HEADERS, END_STREAM, 1, first) + frame(FrameKind.CONTINUATION, END_HEADERS, 1, rest))
    assert answered[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.ENHANCE_YOUR_CALM))
    assert client.hosting.access == [(b"/", 0, 0)]


def test_a_head_that_is_refused_changes_the_table() -> None:
    client = FrameClient()
    client.ask(1, *GET, ("X-A", "b"), ("x-b", "c"))
    head, _ = client.ask(3, *GET, ("x-b", "c"))
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((*GET, ("host", "other")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "/")), "400"),
        ((*GET, (":method", "GET")), "400"),
        ((("x", "y"), *GET), "200"),
        ((*GET[:3], *GET[2:]), "400"),
        (((":method", ""), *GET[1:]), "400"),
        (((":method", "GET"), (":scheme", ""), (":path", "/")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "/a b"), GET[3]), "400"),
        (((":method", "GET"), (":scheme", "http"), (":scheme", "http"), (":path", "/")), "400"),
        (((":unknown", "x"), *GET), "400"),
        ((*GET, ("transfer-encoding", "chunked")), "200"),
        (((":method", "get"), *GET[1:]), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "x")), "400"),
        (((":method", "GET"), (":scheme", "1"), (":path", "/")), "400"),
        ((*GET[:3], (":authority", "a/b")), "400"),
        ((*GET, ("cookie", "a=1"), ("cookie", "b=2")), "200"),
        ((*GET, ("content-length", "x")), "400"),
        ((*GET, ("x_y", "1")), "200"),
    ],
)
def test_heads(fields: tuple[tuple[str, str], ...], status: str) -> None:
    client = FrameClient()
    block = client.encoder.encode(list(fields))
    answered = client.send(
        b"".join(
            frame(FrameKind.CONTINUATION if place else FrameKind.HEADERS, flags, 1, block[place : place + 16384])
            for place in range(0, len(block), 16384)
            for flags in [(END_HEADERS if place + 16384 >= len(block) else 0) | (0 if place else END_STREAM)]
        )
    )
    assert dict(client.decoder.decode(answered[0].payload))[":status"] == status


@pytest.mark.parametrize("field", [("x", "a\0b"), ("x:", "y"), ("x y", "z")])
def test_fields_that_end_the_stream(field: tuple[str, str]) -> None:
    client = FrameClient()
    assert client.ask(1, *GET, field) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]


def _slowly(client: FrameClient, data: bytes) -> list[Frame]:
    """Send bytes one by one."""
    return [got for place in range(len(data)) for got in client.send(data[place : place + 1])]


def test_frames_are_taken_as_they_come() -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo $request_length; } }")
    block = client.encoder.encode([(":method", "POST"), *GET[1:], ("x-a", "b" * 200), ("content-length", "3")])
    head = frame(FrameKind.HEADERS, PADDED | PRIORITY, 1, b"\x02" + number(0) + b"\x10" + block[:-20] + b"\0\0")
    rest = frame(FrameKind.CONTINUATION, END_HEADERS, 1, block[-20:])
    body = frame(FrameKind.DATA, PADDED, 1, b"\x01ab\0") + frame(FrameKind.DATA, END_STREAM, 1, b"c")
    others = frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(9999)) + frame(FrameKind.PRIORITY, 0, 3, number(1) + b"\x10")
    got = _slowly(client, frame(FrameKind.SETTINGS, ACK, 0) + head + rest + body + others + frame(FrameKind.PING, 0, 0, bytes(8)))
    assert [one.kind for one in got] == [
        FrameKind.WINDOW_UPDATE,
        FrameKind.HEADERS,
        FrameKind.DATA,
        FrameKind.SETTINGS,
        FrameKind.PING,
    ]
    assert got[2].payload == b"%d\n" % (len(block) + 3)


def test_control_frames_wait_for_what_was_sent_with_them() -> None:
    client = FrameClient()
    request = frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, client.encoder.encode(list(GET)))
    got = client.send(frame(FrameKind.PING, 0, 0, bytes(8)) + frame(FrameKind.SETTINGS, 0, 0) + request)
    assert [one.kind for one in got] == [FrameKind.PING, FrameKind.SETTINGS, FrameKind.HEADERS, FrameKind.DATA]


def test_floods_end_the_connection() -> None:
    client = FrameClient()
    client.ask(1)
    priority = frame(FrameKind.PRIORITY, 0, 3, number(0) + b"\x10")
    assert client.send(priority * 255) == []
    assert client.send(priority)[-1].kind == FrameKind.GOAWAY
    client = FrameClient()
    for _ in range(10):
        client.send(frame(99, 0, 0, bytes(1 << 20)))
    assert client.hosting.logged[-1].startswith("http2 flood detected")


def test_no_one_looks_at_the_rest_of_a_refused_head() -> None:
    client = FrameClient()
    fields = client.encoder.encode([(":method", "GET"), ("x-a", "b"), (":path", "/"), (":path", "/")])
    head, body = client.send(frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, fields + b"\0\x81\0\x81\0"))
    assert dict(client.decoder.decode(head.payload))[":status"] == "400"
    assert body.kind == FrameKind.DATA


def test_the_proxy_in_front_sends_no_header() -> None:
    client = FrameClient(preface=b"")
    events.refused(client.connection)
    assert client.frames()[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(0) + number(ErrorCodes.PROTOCOL_ERROR))
