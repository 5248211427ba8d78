"""Bodies and answers of streams: windows, turns, and ends."""

from __future__ import annotations

import pytest
from h2.errors import ErrorCodes

from ngxpush.http.connection.incoming_body import IncomingBody
from ngxpush.http.connection.surroundings import MOST_WAITING
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


def test_an_answer_waits_for_its_window() -> None:
    client = FrameClient()
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(2)))
    assert client.ask(1)[-1].payload == b"he"
    assert client.send(frame(FrameKind.WINDOW_UPDATE, 0, 1, number(9)))[-1].payload == b"llo"


def test_there_is_no_upgrade() -> None:
    client = FrameClient("server { listen 80 http2; location / { return 200 $http_upgrade.; } }")
    assert client.ask(1, *GET, ("upgrade", "websocket"), ("connection", "upgrade"))[1].payload == b"."


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
    post = ((":method", "POST"), *GET[1:], ("content-length", "6"))
    client.ask(1, *post, ended=False)
    client.send(frame(FrameKind.DATA, PADDED, 1, b"\x01abc\0"))
    client.send(frame(FrameKind.DATA, END_STREAM, 1, b"def"))
    assert client.hosting.access[-1] == (b"/", 200, 5)
    large = ((":method", "POST"), *GET[1:], ("content-length", "9"))
    head = client.ask(3, *large, ended=False)[0]
    assert dict(client.decoder.decode(head.payload))[":status"] == "413"


def test_the_window_of_a_body_that_is_wanted_opens_once() -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo hi; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    opened = client.ask(1, (":method", "POST"), *GET[1:], ended=False)
    assert opened == [Frame(FrameKind.WINDOW_UPDATE, 0, 1, number(MOST_WINDOW - 65536))]
    assert client.send(frame(FrameKind.DATA, 0, 1, b"abc")) == []
    assert client.send(frame(FrameKind.DATA, END_STREAM, 1, b"def"))[-1].payload == b"hi\n"


def test_the_window_of_the_connection_goes_to_those_whose_turn_it_is() -> None:
    client = FrameClient("server { listen 80 http2; http2_chunk_size 64k; location / { return 200 $arg_a; } }")
    client.send(frame(FrameKind.SETTINGS, 0, 0, b"\0\x04" + number(70000)))
    client.send(frame(FrameKind.WINDOW_UPDATE, 0, 0, number(1)))
    client.connection.sender.window = 0
    for stream, weight in ((1, 1), (3, 200), (5, 100)):
        block = client.encoder.encode([*GET[:2], (":path", "/?a=hello"), GET[3]])
        client.send(frame(FrameKind.HEADERS, END_HEADERS | END_STREAM | PRIORITY, stream, number(0) + bytes((weight,)) + block))
    assert [one.stream for one in client.send(frame(FrameKind.WINDOW_UPDATE, 0, 0, number(11)))] == [3, 5, 1]


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
    client.ask(1, (":method", "POST"), *GET[1:], ended=False)
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
    assert len(client.ask(1, *GET[:2], path, GET[3])) == 1
    client.hosting.clock += 20
    client.hosting.call_due()
    client.transport.is_behind = False
    events.output_taken(client.connection)
    assert [len(one.payload) for one in client.frames()] == [1000]


def test_nothing_is_read_while_the_disk_is_slower_than_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FrameClient("server { listen 80 http2; location / { echo_read_request_body; echo hi; } }")
    client.send(frame(FrameKind.SETTINGS, ACK, 0))
    client.ask(1, (":method", "POST"), *GET[1:], ended=False)
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


def test_close_is_an_error_of_the_protocol() -> None:
    client = FrameClient("server { listen 80 http2; location / { return 444; } }")
    assert client.ask(1) == [Frame(FrameKind.RST_STREAM, 0, 1, number(ErrorCodes.PROTOCOL_ERROR))]
