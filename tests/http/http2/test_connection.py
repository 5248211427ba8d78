"""A connection of HTTP/2, with a client that speaks in frames."""

from __future__ import annotations

from typing import Any

import pytest
from h2.errors import ErrorCodes
from hpack import Decoder, Encoder

from ngxpush.http.connection.facts import ConnectionFacts
from ngxpush.http.connection.incoming_body import IncomingBody
from ngxpush.http.connection.surroundings import MOST_WAITING
from ngxpush.http.http2 import events
from ngxpush.http.http2.connection import Http2Connection
from ngxpush.http.http2.frames import (
    ACK,
    END_HEADERS,
    END_STREAM,
    MOST_WINDOW,
    PADDED,
    PREFACE,
    PRIORITY,
    FrameKind,
    frame,
    number,
)
from ngxpush.http.routing import listeners, running
from ngxpush.http.upstream.state import UpstreamState
from tests.http.connection.client import FakeHosting, FakeTransport
from tests.http.http2.received import Frame, split
from tests.http.serving import compiled

_GET = ((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost"))


class FrameClient:
    """Sends frames, and returns those that come back."""

    def __init__(
        self, http: str = "server { listen 80 http2; location / { return 200 hello; } }", preface: bytes = PREFACE
    ) -> None:
        configuration = compiled(http)
        assert configuration.http is not None
        self.hosting: Any = FakeHosting()
        self.transport: Any = FakeTransport()
        listener = listeners(running(configuration.http))[0]
        facts = ConnectionFacts(self.hosting, listener, (b"127.0.0.1", 5000), (b"127.0.0.1", 80), None)
        self.connection = Http2Connection(self.hosting, self.transport, listener, facts)
        self.encoder, self.decoder = Encoder(), Decoder()
        self.greeting = self.send(preface)

    def send(self, data: bytes) -> list[Frame]:
        events.receive(self.connection, data)
        return self.frames()

    def frames(self) -> list[Frame]:
        written, self.transport.written = self.transport.written, b""
        return split(written)

    def ask(self, stream: int, *fields: tuple[str, str], ended: bool = True) -> list[Frame]:
        block = self.encoder.encode(list(fields or _GET))
        return self.send(frame(FrameKind.HEADERS, END_HEADERS | (END_STREAM if ended else 0), stream, block))


def test_a_request_gets_its_answer_in_frames() -> None:
    client = FrameClient()
    assert [one.kind for one in client.greeting] == [FrameKind.SETTINGS, FrameKind.WINDOW_UPDATE]
    head, body = client.ask(1)
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"
    assert (body.kind, body.flags, body.payload) == (FrameKind.DATA, END_STREAM, b"hello")
    assert client.hosting.access == [(b"/", 200, 5)]


def test_an_answer_waits_for_its_window() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(2)))
    assert client.ask(1)[-1].payload == b"he"
    assert client.send(frame(FrameKind.WINDOW_UPDATE, 0, 1, number(9)))[-1].payload == b"llo"


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
    assert client.ask(1, *_GET, ("X-A", "b")) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert not client.transport.half_closed


def test_a_worker_that_leaves_says_so() -> None:
    client = FrameClient()
    client.ask(1)
    events.leave(client.connection)
    assert client.frames() == [Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.NO_ERROR))]
    assert client.transport.half_closed


def test_a_ping_is_answered() -> None:
    client = FrameClient()
    assert client.send(frame(FrameKind.PING, 0, 0, b"12345678")) == [Frame(FrameKind.PING, ACK, 0, b"12345678")]
    assert client.send(frame(FrameKind.PING, ACK, 0, b"12345678")) == []


def test_a_head_may_come_in_parts() -> None:
    client = FrameClient()
    block = client.encoder.encode(list(_GET))
    first = b"\x02" + number(0) + b"\x10" + block[:3] + b"\0\0"
    assert client.send(frame(FrameKind.HEADERS, PADDED | PRIORITY | END_STREAM, 1, first)) == []
    head = client.send(frame(FrameKind.CONTINUATION, END_HEADERS, 1, block[3:]))[0]
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"


def test_an_idle_connection_ends() -> None:
    client = FrameClient()
    client.hosting.clock += 50
    client.ask(1)
    assert client.connection in client.hosting.reusable
    client.hosting.clock += 74
    events.time_is_up(client.connection)
    assert client.frames() == []
    client.hosting.clock += 1
    assert client.connection.deadline == client.hosting.clock
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.NO_ERROR))]
    assert not client.hosting.logged
    assert client.transport.closed


def test_a_preface_that_is_not_whole_is_late() -> None:
    client = FrameClient(preface=PREFACE[:5])
    client.hosting.clock = client.connection.deadline
    events.time_is_up(client.connection)
    assert client.frames()[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(0) + number(ErrorCodes.PROTOCOL_ERROR))
    assert "timed out" in client.hosting.logged[0]


def test_an_idle_connection_makes_room_for_others() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    assert client.connection not in client.hosting.reusable
    client.send(frame(FrameKind.WINDOW_UPDATE, 0, 1, number(9)))
    assert client.connection in client.hosting.reusable
    events.reuse(client.connection)
    assert client.transport.half_closed


def test_an_answer_that_is_not_taken_ends_in_time() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.hosting.clock += 30
    client.ask(3)
    client.hosting.clock += 30
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert client.connection.deadline == client.hosting.clock + 30


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", []),
        (
            frame(FrameKind.PING, 0, 0, b"12345678")[:5],
            ["client prematurely closed connection while processing HTTP/2 connection"],
        ),
    ],
)
def test_a_client_leaves(sent: bytes, words: list[str]) -> None:
    client = FrameClient()
    client.ask(1)
    client.send(sent)
    events.end_of_input(client.connection)
    assert client.hosting.logged == words


def test_there_is_no_upgrade() -> None:
    client = FrameClient("server { listen 80 http2; location / { return 200 $http_upgrade.; } }")
    assert client.ask(1, *_GET, ("upgrade", "websocket"), ("connection", "upgrade"))[1].payload == b"."


def test_too_many_streams_are_refused() -> None:
    client = FrameClient("server { listen 80 http2; http2_max_concurrent_streams 1; location / { return 200 hello; } }")
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    assert client.ask(3) == [Frame(FrameKind.RST_STREAM, 0, 3, number(ErrorCodes.REFUSED_STREAM))]
    assert client.hosting.logged == ["concurrent streams exceeded 1 while processing HTTP/2 connection"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ErrorCodes.CANCEL, "client canceled stream 1"),
        (ErrorCodes.INTERNAL_ERROR, "client terminated stream 1 due to internal error"),
        (ErrorCodes.NO_ERROR, "client terminated stream 1 with status 0"),
    ],
)
def test_a_client_ends_a_stream(error: ErrorCodes, words: str) -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.send(frame(FrameKind.RST_STREAM, 0, 1, number(error)))
    assert words in client.hosting.logged[0]
    assert not client.connection.streams
    assert not client.transport.half_closed


def test_a_body_comes_in_frames() -> None:
    client = FrameClient("server { listen 80 http2; client_max_body_size 8; location / { return 200 hello; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    post = ((":method", "POST"), *_GET[1:], ("content-length", "6"))
    client.ask(1, *post, ended=False)
    client.send(frame(FrameKind.DATA, PADDED, 1, b"\x01abc\0"))
    client.send(frame(FrameKind.DATA, END_STREAM, 1, b"def"))
    assert client.hosting.access[-1] == (b"/", 200, 5)
    large = ((":method", "POST"), *_GET[1:], ("content-length", "9"))
    head = client.ask(3, *large, ended=False)[0]
    assert dict(client.decoder.decode(head.payload))[":status"] == "413"


def test_the_window_of_a_body_that_is_wanted_opens_once() -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo hi; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    opened = client.ask(1, (":method", "POST"), *_GET[1:], ended=False)
    assert opened == [Frame(FrameKind.WINDOW_UPDATE, 0, 1, number(MOST_WINDOW - 65536))]
    assert client.send(frame(FrameKind.DATA, 0, 1, b"abc")) == []
    assert client.send(frame(FrameKind.DATA, END_STREAM, 1, b"def"))[-1].payload == b"hi\n"


@pytest.mark.parametrize("size", [8193, 40000])
def test_a_head_that_is_too_large_ends_the_connection(size: int) -> None:
    client = FrameClient()
    block = client.encoder.encode([*_GET, ("x", "~" * size)])
    first, rest = block[:16384], block[16384:]
    answered = client.send(frame(FrameKind.HEADERS, END_STREAM, 1, first) + frame(FrameKind.CONTINUATION, END_HEADERS, 1, rest))
    assert answered[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.ENHANCE_YOUR_CALM))
    assert client.hosting.access == [(b"/", 0, 0)]


def test_a_head_that_is_refused_changes_the_table() -> None:
    client = FrameClient()
    client.ask(1, *_GET, ("X-A", "b"), ("x-b", "c"))
    head, _ = client.ask(3, *_GET, ("x-b", "c"))
    assert dict(client.decoder.decode(head.payload))[":status"] == "200"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((*_GET, ("host", "other")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "/")), "400"),
        ((*_GET, (":method", "GET")), "400"),
        ((("x", "y"), *_GET), "200"),
        ((*_GET[:3], *_GET[2:]), "400"),
        (((":method", ""), *_GET[1:]), "400"),
        (((":method", "GET"), (":scheme", ""), (":path", "/")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "")), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "/a b"), _GET[3]), "400"),
        (((":method", "GET"), (":scheme", "http"), (":scheme", "http"), (":path", "/")), "400"),
        (((":unknown", "x"), *_GET), "400"),
        ((*_GET, ("transfer-encoding", "chunked")), "200"),
        (((":method", "get"), *_GET[1:]), "400"),
        (((":method", "GET"), (":scheme", "http"), (":path", "x")), "400"),
        (((":method", "GET"), (":scheme", "1"), (":path", "/")), "400"),
        ((*_GET[:3], (":authority", "a/b")), "400"),
        ((*_GET, ("cookie", "a=1"), ("cookie", "b=2")), "200"),
        ((*_GET, ("content-length", "x")), "400"),
        ((*_GET, ("x_y", "1")), "200"),
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
    assert client.ask(1, *_GET, field) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]


def _slowly(client: FrameClient, data: bytes) -> list[Frame]:
    """Send bytes one by one."""
    return [got for place in range(len(data)) for got in client.send(data[place : place + 1])]


def test_frames_are_taken_as_they_come() -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo $request_length; } }")
    block = client.encoder.encode([(":method", "POST"), *_GET[1:], ("x-a", "b" * 200), ("content-length", "3")])
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


def test_a_head_has_to_be_whole_in_time() -> None:
    client = FrameClient()
    block = client.encoder.encode(list(_GET))
    whole = frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, block)
    assert client.send(whole[:-3]) == []
    client.hosting.clock += 60
    events.time_is_up(client.connection)
    assert client.frames() == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert client.hosting.access == [(b"/", 408, 0)]
    assert client.send(whole[-3:] + frame(FrameKind.PING, 0, 0, bytes(8))) == [Frame(FrameKind.PING, ACK, 0, bytes(8))]


def test_control_frames_wait_for_what_was_sent_with_them() -> None:
    client = FrameClient()
    request = frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, client.encoder.encode(list(_GET)))
    got = client.send(frame(FrameKind.PING, 0, 0, bytes(8)) + frame(FrameKind.SETTINGS, 0, 0) + request)
    assert [one.kind for one in got] == [FrameKind.PING, FrameKind.SETTINGS, FrameKind.HEADERS, FrameKind.DATA]


def test_the_window_of_the_connection_goes_to_those_whose_turn_it_is() -> None:
    client = FrameClient("server { listen 80 http2; http2_chunk_size 64k; location / { return 200 $arg_a; } }")
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(70000)))
    client.send(frame(FrameKind.WINDOW_UPDATE, 0, 0, number(1)))
    client.connection.sender.window = 0
    for stream, weight in ((1, 1), (3, 200), (5, 100)):
        block = client.encoder.encode([*_GET[:2], (":path", "/?a=hello"), _GET[3]])
        client.send(frame(FrameKind.HEADERS, END_HEADERS | END_STREAM | PRIORITY, stream, number(0) + bytes((weight,)) + block))
    assert [one.stream for one in client.send(frame(FrameKind.WINDOW_UPDATE, 0, 0, number(11)))] == [3, 5, 1]


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


def test_what_comes_after_the_end_is_dropped() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.PING, 0, 0, b"short"))
    assert client.transport.half_closed
    assert client.send(b"anything") == []
    assert not client.transport.closed
    events.end_of_input(client.connection)
    assert client.transport.closed


def test_no_one_looks_at_the_rest_of_a_refused_head() -> None:
    client = FrameClient()
    fields = client.encoder.encode([(":method", "GET"), ("x-a", "b"), (":path", "/"), (":path", "/")])
    head, body = client.send(frame(FrameKind.HEADERS, END_HEADERS | END_STREAM, 1, fields + b"\0\x81\0\x81\0"))
    assert dict(client.decoder.decode(head.payload))[":status"] == "400"
    assert body.kind == FrameKind.DATA


def test_close_is_an_error_of_the_protocol() -> None:
    client = FrameClient("server { listen 80 http2; location / { return 444; } }")
    assert client.ask(1) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]


def test_the_proxy_in_front_sends_no_header() -> None:
    client = FrameClient(preface=b"")
    events.refused(client.connection)
    assert client.frames()[-1] == Frame(FrameKind.GOAWAY, 0, 0, number(0) + number(ErrorCodes.PROTOCOL_ERROR))


def test_too_much_that_waits_for_windows_ends_the_connection() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.ask(3)
    one, three = (stream.answer for stream in client.connection.streams.values())
    one.is_whole = three.is_whole = False
    one.send_body(b"x" * MOST_WAITING, ended=False)
    assert not client.transport.aborted
    three.send_body(b"x", ended=False)
    assert client.transport.aborted
    assert client.connection.sender.waiting == MOST_WAITING + 2 * len(b"hello")
    one.stop()
    three.stop()
    assert client.connection.sender.waiting == 0


class _SlowReceiver:
    """Takes a body that is passed on."""

    is_full = False

    def received(self, data: bytes, ended: bool) -> None:
        self.is_full = True

    def failed(self, status: int) -> None:
        raise AssertionError(status)


def test_the_window_opens_again_when_the_receiver_has_taken() -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo hi; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    client.ask(1, (":method", "POST"), *_GET[1:], ended=False)
    stream, receiver = client.connection.streams[1], _SlowReceiver()
    stream.serving.body = None
    stream.room = client.connection.preread
    stream.serving.pass_body(stream.request, receiver)
    assert client.send(frame(FrameKind.DATA, 0, 1, bytes(60000))) == []
    receiver.is_full = False
    stream.settle()
    assert client.frames() == [Frame(FrameKind.WINDOW_UPDATE, 0, 1, number(60000))]
    stream.settle()
    assert client.frames() == []


def test_limit_rate_counts_what_was_sent_only() -> None:
    client = FrameClient("server { listen 80 http2; location / { limit_rate 100; return 200 $arg_a; } }")
    client.transport.is_behind = True
    path = (":path", "/?a=" + "x" * 1000)
    assert len(client.ask(1, *_GET[:2], path, _GET[3])) == 1
    client.hosting.clock += 20
    client.hosting.call_due()
    client.transport.is_behind = False
    events.output_taken(client.connection)
    assert [len(one.payload) for one in client.frames()] == [1000]


def test_nothing_is_read_while_the_disk_is_slower_than_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo hi; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    client.ask(1, (":method", "POST"), *_GET[1:], ended=False)
    monkeypatch.setattr(IncomingBody, "is_full", True)
    client.send(frame(FrameKind.DATA, 0, 1, b"abc"))
    assert not client.connection.wants_bytes
    monkeypatch.undo()
    client.connection.streams[1].settle()
    assert client.connection.wants_bytes
    monkeypatch.setattr(IncomingBody, "is_full", True)
    client.send(frame(FrameKind.DATA, 0, 1, b"def"))
    events.lost(client.connection)
    assert not client.connection.streams


@pytest.mark.parametrize(("action", "lines"), [(b"reading upstream", 1), (b"", 2)])
def test_nothing_is_said_of_a_client_that_leaves_an_upstream(action: bytes, lines: int) -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(0)))
    client.ask(1)
    client.connection.streams[1].request.upstream = UpstreamState(action=action)
    events.end_of_input(client.connection)
    assert len(client.hosting.logged) == lines
