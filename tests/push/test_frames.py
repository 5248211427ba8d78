"""WebSocket frames, both ways."""

from __future__ import annotations

import pytest

from ngxpush.push.frames import FrameReader, Received, accept_key, refusal_frame, text_frame

KEY = b"\x01\x02\x03\x04"
VIOLATION = [(Received.VIOLATION, b"")]
BROKEN = [(Received.BROKEN, b"")]


def client_frame(first: int, payload: bytes, key: bytes = KEY) -> bytes:
    masked = bytes(byte ^ key[position % 4] for position, byte in enumerate(payload))
    return bytes((first, 0x80 | len(payload))) + key + masked


@pytest.mark.parametrize(
    ("key", "accept"),
    [(b"dGhlIHNhbXBsZSBub25jZQ==", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (b"", b"Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=")],
)
def test_accept_key(key: bytes, accept: bytes) -> None:
    assert accept_key(key) == accept


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_the_length_of_a_frame(length: int, head: bytes) -> None:
    assert text_frame(b"m" * length) == head + b"m" * length


def test_a_refusal() -> None:
    explain = b"Channel id is too large."
    assert refusal_frame(400, explain) == b'\x88\x3c\x03\xf0{"http_status": 400, "explain":"Channel id is too large."}'


@pytest.mark.parametrize(
    ("data", "events"),
    [
        pytest.param(client_frame(0x81, b"hello"), [(Received.TEXT, b"hello")], id="text"),
        pytest.param(b"\x81\x07no mask", [(Received.TEXT, b"no mask")], id="unmasked"),
        pytest.param(client_frame(0x81, b"zero mask", bytes(4)), [(Received.TEXT, b"zero mask")], id="mask of zeros"),
        pytest.param(client_frame(0x81, b""), [(Received.TEXT, b"")], id="empty"),
        pytest.param(b"\x81\x7e\x00\x05short", [(Received.TEXT, b"short")], id="16-bit length"),
        pytest.param(b"\x81\x7f" + bytes(7) + b"\x05hello", [(Received.TEXT, b"hello")], id="64-bit length"),
        pytest.param(client_frame(0xF1, b"all"), [(Received.TEXT, b"all")], id="reserved bits"),
        pytest.param(client_frame(0x89, b"payload"), [(Received.PING, b"payload")], id="ping"),
        pytest.param(client_frame(0x8A, b""), [(Received.PONG, b"")], id="pong"),
        pytest.param(client_frame(0x88, b""), [(Received.CLOSE, b"")], id="close"),
        pytest.param(client_frame(0x88, b"\x03\xe8"), BROKEN, id="close with a code that is no UTF-8"),
        pytest.param(client_frame(0x82, b"abc"), VIOLATION, id="binary"),
        pytest.param(b"\x83\xfe\x7f\xff" + KEY, VIOLATION, id="reserved opcode, payload not there yet"),
        pytest.param(client_frame(0x09, b""), VIOLATION, id="fragmented ping"),
        pytest.param(b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xf0" + KEY + b"abc", BROKEN, id="absurd length"),
        pytest.param(client_frame(0x81, b"ab\xff\xfe"), BROKEN, id="invalid UTF-8"),
        pytest.param(client_frame(0x81, b"\xc0\xaf"), BROKEN, id="overlong UTF-8"),
        pytest.param(client_frame(0x89, b"\x80"), BROKEN, id="invalid UTF-8 in a ping"),
        pytest.param(client_frame(0x81, b"\xed\xa0\x80"), [(Received.TEXT, b"\xed\xa0\x80")], id="surrogate"),
        pytest.param(client_frame(0x80, b"x"), VIOLATION, id="continuation without a start"),
        pytest.param(client_frame(0x00, b"x"), VIOLATION, id="unfinished continuation without a start"),
    ],
)
def test_one_frame(data: bytes, events: list[tuple[Received, bytes]]) -> None:
    assert FrameReader().receive(data) == events


@pytest.mark.parametrize(
    ("frames", "events"),
    [
        pytest.param([(0x01, b"a"), (0x00, b"b"), (0x80, b"c")], [(Received.TEXT, b"abc")], id="continuations"),
        pytest.param([(0x01, b"a"), (0x01, b"b"), (0x80, b"c")], [(Received.TEXT, b"abc")], id="second start"),
        pytest.param([(0x01, b"\xc5"), (0x80, b"\xbc")], [(Received.TEXT, b"\xc5\xbc")], id="character in two fragments"),
        pytest.param([(0x01, b"a"), (0x81, b"b")], VIOLATION, id="whole frame inside a message"),
        pytest.param([(0x01, b"a"), (0x89, b""), (0x80, b"b")], [(Received.PING, b""), (Received.TEXT, b"ab")], id="ping inside"),
        pytest.param([(0x81, b"1"), (0x81, b"2")], [(Received.TEXT, b"1"), (Received.TEXT, b"2")], id="two messages"),
        pytest.param([(0x88, b""), (0x81, b"late")], [(Received.CLOSE, b"")], id="nothing after a close"),
    ],
)
def test_frames_together_and_byte_by_byte(frames: list[tuple[int, bytes]], events: list[tuple[Received, bytes]]) -> None:
    data = b"".join(client_frame(first, payload) for first, payload in frames)
    assert FrameReader().receive(data) == events
    reader = FrameReader()
    assert [event for byte in data for event in reader.receive(bytes((byte,)))] == events
