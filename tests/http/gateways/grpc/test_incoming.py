"""The frames of an answer. The messages are nginx 1.22.1's (tests/differential/test_grpc.py)."""

from __future__ import annotations

import pytest

from ngxpush.http.gateways.grpc import frames
from ngxpush.http.gateways.grpc.frames import frame
from ngxpush.http.gateways.grpc.header_block import InvalidBlock, Line
from ngxpush.http.gateways.grpc.incoming import Incoming, InvalidFrame
from ngxpush.http.gateways.grpc.session import Stream
from tests.http.upstream.servers import Server

from .wire import HEAD, OK, SETTINGS, TRAILERS, data, headers, line

_ENDED = frames.END_HEADERS | frames.END_STREAM
_RESET = frame(frames.RST_STREAM, 0, 1, bytes(4))


def incoming(lines: list[Line] | None = None) -> Incoming:
    """The first answer on a connection, whose request is sent."""
    stream = Stream.begin(Server())
    stream.request_ended = True
    return Incoming(stream, (lines if lines is not None else []).append)


def body_of(*pieces: bytes) -> Incoming:
    """An answer with its head and these frames after it."""
    made = incoming()
    made.feed(HEAD)
    for piece in pieces:
        made.feed(piece)
    return made


def refused(made: Incoming, sent: bytes) -> bytes:
    with pytest.raises((InvalidFrame, InvalidBlock)) as error:
        made.feed(sent)
    message = error.value.args[0]
    assert isinstance(message, bytes)
    return message.removeprefix(b"upstream ")


def test_an_answer_in_pieces_of_any_size() -> None:
    sent = SETTINGS + HEAD + data(b"\x03abc\0\0\0", flags=frames.PADDED) + SETTINGS + data(b"def") + TRAILERS
    for size in (1, 2, 5, 7, len(sent)):
        lines: list[Line] = []
        made, body = incoming(lines), b""
        for start in range(0, len(sent), size):
            body += made.feed(sent[start : start + size])
            if size == len(sent):
                body += made.feed(made.rest())
        assert (body, made.ended, made.is_reusable) == (b"abcdef", True, True)
        assert lines == [(b":status", b"200"), (b"x-a", b"b"), (b"grpc-status", b"0")]
        assert made.replies == [frame(frames.SETTINGS, frames.ACK, 0)] * 2


def test_it_stops_after_the_head() -> None:
    made = incoming()
    assert made.feed(HEAD + data(b"abc")) == b""
    assert made.head_whole and made.rest() == data(b"abc")


def test_a_head_in_several_frames_with_padding_and_priority() -> None:
    lines: list[Line] = []
    made = incoming(lines)
    made.feed(frame(frames.HEADERS, frames.PADDED | frames.WITH_PRIORITY, 1, b"\x01\0\0\0\0\x01" + OK + b"\0"))
    assert not made.head_whole and not made.is_between
    block = line(b"a", b"b")
    made.feed(frame(frames.CONTINUATION, 0, 1, block[:3]) + frame(frames.CONTINUATION, frames.END_HEADERS, 1, block[3:]))
    assert made.head_whole and lines == [(b":status", b"200"), (b"a", b"b")]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (data(b"x"), b"sent unexpected http2 frame: 0"),
        (frame(frames.CONTINUATION, 4, 1), b"sent unexpected http2 frame: 9"),
        (headers(OK, flags=0) + SETTINGS, b"sent unexpected http2 frame: 4"),
        (headers(OK, flags=0) + frame(frames.CONTINUATION, 4, 3), b"sent frame for unknown stream 3"),
        (headers(OK, 3), b"sent frame for unknown stream 3"),
        (frame(frames.PRIORITY, 0, 3, b"zz"), b"sent frame for unknown stream 3"),
        (b"HTTP/1.1 400", b"sent too large http2 frame: 4740180"),
        (frame(frames.PUSH_PROMISE, 4, 1, b"\0\0\0\2"), b"sent unexpected push promise frame"),
        (frame(frames.RST_STREAM, 0, 1, bytes(3)), b"sent rst stream frame with invalid length: 3"),
        (frame(frames.RST_STREAM, 0, 1, b"\0\0\0\7"), b"rejected request with error 7"),
        (_RESET, b"rejected request with error 0"),
        (frame(frames.GOAWAY, 0, 1, bytes(8)), b"sent goaway frame with non-zero stream id: 1"),
        (frame(frames.GOAWAY, 0, 0, bytes(7)), b"sent goaway frame with invalid length: 7"),
        (frame(frames.GOAWAY, 0, 0, b"\0\0\0\0\0\0\0\2debug"), b"sent goaway with error 2"),
        (frame(frames.WINDOW_UPDATE, 0, 0, bytes(3)), b"sent window update frame with invalid length: 3"),
        (frame(frames.WINDOW_UPDATE, 0, 1, b"\x7f\xff\xff\xff"), b"sent too large window update"),
        (frame(frames.SETTINGS, 0, 1), b"sent settings frame with non-zero stream id: 1"),
        (frame(frames.SETTINGS, 0, 0, b"1"), b"sent settings frame with invalid length: 1"),
        (frame(frames.SETTINGS, 1, 0, b"123456"), b"sent settings frame with ack flag and non-zero length: 6"),
        (
            frame(frames.SETTINGS, 0, 0, b"\0\4\xff\xff\xff\xff"),
            b"sent settings frame with too large initial window size: 4294967295",
        ),
        (frame(frames.PING, 0, 0, b"1234567"), b"sent ping frame with invalid length: 7"),
        (frame(frames.PING, 0, 1, b"12345678"), b"sent ping frame with non-zero stream id: 1"),
        (frame(frames.PING, 1, 0, b"12345678"), b"sent ping frame with ack flag"),
        (headers(b"", flags=4 | frames.PADDED), b"sent headers frame with invalid length: 0"),
        (headers(b"\5" + OK + b"\0\0\0", flags=4 | frames.PADDED), b"sent http2 frame with too long padding: 5 in frame 4"),
        (headers(OK + b"\0\5ab"), b"sent truncated http2 header"),
    ],
)
def test_what_is_refused_before_the_head(sent: bytes, message: bytes) -> None:
    assert refused(incoming(), sent) == message


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (data(b"x", 3), b"sent data frame for unknown stream 3"),
        (data(b"x", 0), b"sent data frame for unknown stream 0"),
        (data(b"", flags=frames.PADDED), b"sent too short http2 frame"),
        (data(b"\4\0\0\0", flags=frames.PADDED), b"sent http2 frame with too long padding: 4 in frame 3"),
        (headers(line(b"a", b"b")), b"sent trailer without end stream flag"),
        (headers(b"\xbe", flags=_ENDED), b"sent invalid http2 table index: 62"),
        (TRAILERS + data(b"x"), b"sent frame for closed stream 1"),
        (TRAILERS + frame(20, 0, 1), b"sent frame for closed stream 1"),
        (TRAILERS + _RESET + _RESET, b"sent frame for closed stream 1"),
        (TRAILERS + frame(frames.RST_STREAM, 0, 1, b"\0\0\0\2"), b"rejected request with error 2"),
    ],
)
def test_what_is_refused_after_the_head(sent: bytes, message: bytes) -> None:
    assert refused(body_of(), sent) == message


@pytest.mark.parametrize(
    ("sent", "reusable"),
    [
        (TRAILERS, True),
        (TRAILERS + _RESET, True),
        (TRAILERS + SETTINGS, True),
        (TRAILERS + frame(frames.WINDOW_UPDATE, 0, 1, b"\0\0\0\1"), True),
        (TRAILERS + SETTINGS[:3], False),
        (TRAILERS + frame(frames.PING, 0, 0, b"12345678")[:12], False),
        (frame(frames.GOAWAY, 0, 0, b"\0\0\0\1\0\0\0\0") + TRAILERS, False),
        (data(b"x"), False),
    ],
)
def test_whether_the_connection_can_be_used_again(sent: bytes, reusable: bool) -> None:
    assert body_of(sent).is_reusable == reusable


def test_it_can_not_while_the_request_is_not_sent() -> None:
    made = incoming()
    made._stream.request_ended = False
    made.feed(headers(OK, flags=_ENDED))
    assert made.ended and not made.is_reusable


def test_windows() -> None:
    made = incoming()
    stream = made._stream
    made.feed(frame(frames.SETTINGS, 0, 0, b"\0\5\0\0\0\1\0\4\0\0\0\5"))
    assert (stream.room, stream.session.initial_window) == (5, 5)
    made.feed(frame(frames.WINDOW_UPDATE, 0, 1, b"\0\1\0\0"))
    assert (stream.room, stream.send_window) == (65535, 65541)
    made.feed(frame(frames.WINDOW_UPDATE, 0, 0, b"\0\0\0\1"))
    assert stream.room == 65536


def test_the_server_gets_new_windows_before_they_are_used_up() -> None:
    made = body_of()
    stream = made._stream
    stream.receive_window = stream.session.receive_window = frames.MAX_WINDOW // 4
    made.feed(data(b"abc"))
    update = (frames.MAX_WINDOW - frames.MAX_WINDOW // 4 + 3).to_bytes(4, "big")
    assert made.replies == [frame(frames.WINDOW_UPDATE, 0, 1, update), frame(frames.WINDOW_UPDATE, 0, 0, update)]
    assert stream.receive_window == stream.session.receive_window == frames.MAX_WINDOW


def test_a_server_that_does_not_read_what_it_asks_for() -> None:
    made = body_of()
    server = made._stream.connection
    assert isinstance(server, Server)
    server.is_full = True
    ping = frame(frames.PING, 0, 0, b"12345678")
    made.feed(ping * 1001)
    assert refused(made, ping) == b"sent too many ping frames"
