"""A connection of HTTP/2, with a client that speaks in frames."""

from __future__ import annotations

from typing import Any

import pytest
from h2.errors import ErrorCodes
from hpack import Decoder, Encoder

from ngxpush.http.http2 import events
from ngxpush.http.http2.connection import Http2Connection
from ngxpush.http.http2.frames import END_HEADERS, END_STREAM, PREFACE, Frame, FrameKind, FrameSplitter, frame, number
from ngxpush.http.routing import listeners, running
from tests.http.connection.client import FakeHosting, FakeTransport
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
        self.connection = Http2Connection(self.hosting, self.transport, listener, (b"127.0.0.1", 5000), (b"127.0.0.1", 80))
        self.encoder, self.decoder, self._reader = Encoder(), Decoder(), FrameSplitter()
        self.greeting = self.send(preface)

    def send(self, data: bytes) -> list[Frame]:
        events.receive(self.connection, data)
        return self.frames()

    def frames(self) -> list[Frame]:
        self._reader.feed(self.transport.written)
        self.transport.written = b""
        return list(iter(self._reader.next_frame, None))

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
        (frame(FrameKind.HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff"), ErrorCodes.COMPRESSION_ERROR),
    ],
)
def test_a_wrong_frame_ends_the_connection(data: bytes, error: ErrorCodes) -> None:
    client = FrameClient()
    last = client.send(data)[-1]
    assert (last.kind, last.payload[4:]) == (FrameKind.GOAWAY, number(error))
    assert client.transport.closed


def test_http_1_is_no_preface() -> None:
    client = FrameClient(preface=b"GET / HTTP/1.1\r\n\r\n")
    assert client.greeting[-1].kind == FrameKind.GOAWAY
    assert client.hosting.logged == ["invalid connection preface while processing HTTP/2 connection"]


def test_a_field_in_upper_case_ends_the_stream() -> None:
    client = FrameClient()
    assert client.ask(1, *_GET, ("X-A", "b")) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
    assert not client.transport.closed


def test_a_worker_that_leaves_says_so() -> None:
    client = FrameClient()
    client.ask(1)
    events.leave(client.connection)
    assert client.frames() == [Frame(FrameKind.GOAWAY, 0, 0, number(1) + number(ErrorCodes.NO_ERROR))]
    assert client.transport.closed
