"""A client that speaks in frames."""

from __future__ import annotations

from typing import Any

from hpack import Decoder, Encoder

from ngxpush.http.connection.facts import ConnectionFacts
from ngxpush.http.http2 import events
from ngxpush.http.http2.connection import Http2Connection
from ngxpush.http.http2.frames import (
    END_HEADERS,
    END_STREAM,
    PREFACE,
    FrameKind,
    frame,
)
from ngxpush.http.routing import listeners, running
from tests.http.connection.client import FakeHosting, FakeTransport
from tests.http.http2.received import Frame, split
from tests.http.serving import compiled

GET = ((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost"))
"""The fields of a request."""


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
        block = self.encoder.encode(list(fields or GET))
        return self.send(frame(FrameKind.HEADERS, END_HEADERS | (END_STREAM if ended else 0), stream, block))
