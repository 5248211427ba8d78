"""WebSocket frames, both ways."""

from __future__ import annotations

import pytest

from ngxpush.push import frames
from ngxpush.push.frames import FrameReader, Received, accept_key, refusal_frame, text_frame

KEY = b"\x01\x02\x03\x04"
UNKNOWN = [(Received.UNKNOWN_OPCODE, b"")]
WRONG = [(Received.WRONG_SEQUENCE, b"")]
INVALID = [(Received.INVALID_UTF8, b"")]


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
        pytest.param(client_frame(0x81, b""), [], id="empty"),
        pytest.param(b"\x81\x7e\x00\x05short", [(Received.TEXT, b"short")], id="16-bit length"),
        pytest.param(b"\x81\x7f" + bytes(7) + b"\x05hello", [(Received.TEXT, b"hello")], id="64-bit length"),
        pytest.param(client_frame(0xF1, b"all"), [(Received.TEXT, b"all")], id="reserved bits"),
        pytest.param(client_frame(0x89, b"payload"), [(Received.PING, b"payload")], id="ping"),
        pytest.param(client_frame(0x8A, b""), [(Received.PONG, b"")], id="pong"),
        pytest.param(client_frame(0x88, b""), [(Received.CLOSE, b"")], id="close"),
        pytest.param(
            client_frame(0x88, b"\x03\xe8"), [(Received.UNREADABLE_CLOSE, b"")], id="close with a code that is no UTF-8"
        ),
        pytest.param(client_frame(0x82, b"abc"), UNKNOWN, id="binary"),
        pytest.param(b"\x83\xfe\x7f\xff" + KEY, UNKNOWN, id="reserved opcode, payload not there yet"),
        pytest.param(client_frame(0x09, b""), [(Received.PING, b"")], id="ping without FIN"),
        pytest.param(client_frame(0x08, b""), [(Received.CLOSE, b"")], id="close without FIN"),
        pytest.param(b"\x81\xff" + (1 << 40).to_bytes(8) + KEY, [(Received.TOO_LARGE, b"1099511627776")], id="a terabyte"),
        pytest.param(b"\x89\x7f" + (1 << 63).to_bytes(8), [(Received.TOO_LARGE, b"9223372036854775808")], id="no length at all"),
        pytest.param(b"\x82\x7f" + (1 << 63).to_bytes(8), UNKNOWN, id="a binary terabyte"),
        pytest.param(b"\x81\x7f" + (1 << 33).to_bytes(8) + b"abc", [], id="8 GiB are waited for"),
        pytest.param(client_frame(0x81, b"ab\xff\xfe"), INVALID, id="invalid UTF-8"),
        pytest.param(client_frame(0x81, b"\xc0\xaf"), INVALID, id="overlong UTF-8"),
        pytest.param(client_frame(0x89, b"\x80"), INVALID, id="invalid UTF-8 in a ping"),
        pytest.param(client_frame(0x81, b"\xed\xa0\x80"), [(Received.TEXT, b"\xed\xa0\x80")], id="surrogate"),
        pytest.param(b"\x80\xff", WRONG, id="continuation without a start, at its second byte"),
        pytest.param(client_frame(0x00, b"x"), WRONG, id="unfinished continuation without a start"),
    ],
)
def test_one_frame(data: bytes, events: list[tuple[Received, bytes]]) -> None:
    assert FrameReader().receive(data) == events


@pytest.mark.parametrize(
    ("sent", "events"),
    [
        pytest.param([(0x01, b"a"), (0x00, b"b"), (0x80, b"c")], [(Received.TEXT, b"abc")], id="continuations"),
        pytest.param([(0x01, b"a"), (0x01, b"b"), (0x80, b"c")], [(Received.TEXT, b"abc")], id="second start"),
        pytest.param([(0x01, b"a"), (0x00, b""), (0x80, b"b")], [(Received.TEXT, b"ab")], id="empty fragment"),
        pytest.param([(0x01, b"a"), (0x80, b""), (0x81, b"b")], [(Received.TEXT, b"b")], id="empty last fragment"),
        pytest.param([(0x01, b"\xc5"), (0x80, b"\xbc")], INVALID, id="character in two fragments"),
        pytest.param([(0x01, b"a"), (0x81, b"b")], WRONG, id="whole frame inside a message"),
        pytest.param([(0x01, b"a"), (0x89, b""), (0x80, b"b")], WRONG, id="ping inside"),
        pytest.param([(0x01, b"a"), (0x88, b"")], WRONG, id="close inside"),
        pytest.param([(0x01, b"a"), (0x82, b"")], WRONG, id="binary frame inside"),
        pytest.param(
            [(0x01, b"a"), (0x09, b"b"), (0x08, b"c"), (0x02, b"d"), (0x80, b"e")],
            [(Received.TEXT, b"abcde")],
            id="all kinds inside",
        ),
        pytest.param(
            [(0x09, b"a"), (0x01, b"b"), (0x80, b"c"), (0x81, b"d")],
            [(Received.PING, b"a"), (Received.PING, b"b"), (Received.PING, b"c"), (Received.TEXT, b"d")],
            id="a message of pings",
        ),
        pytest.param(
            [(0x0A, b""), (0x80, b""), (0x80, b"")], [(Received.PONG, b""), (Received.PONG, b""), *WRONG], id="a message of pongs"
        ),
        pytest.param([(0x81, b"1"), (0x81, b"2")], [(Received.TEXT, b"1"), (Received.TEXT, b"2")], id="two messages"),
        pytest.param([(0x88, b""), (0x81, b"late")], [(Received.CLOSE, b"")], id="nothing after a close"),
    ],
)
def test_frames_one_by_one_and_byte_by_byte(sent: list[tuple[int, bytes]], events: list[tuple[Received, bytes]]) -> None:
    reader = FrameReader()
    assert [event for first, payload in sent for event in reader.receive(client_frame(first, payload))] == events
    data = b"".join(client_frame(first, payload) for first, payload in sent)
    reader = FrameReader()
    assert [event for byte in data for event in reader.receive(bytes((byte,)))] == events


def test_of_frames_that_arrive_together_each_waits_for_the_next_arrival() -> None:
    reader = FrameReader()
    together = client_frame(0x81, b"1") + client_frame(0x01, b"2") + client_frame(0x80, b"3") + client_frame(0x89, b"")[:1]
    assert reader.receive(together) == [(Received.TEXT, b"1")]
    assert reader.receive(client_frame(0x89, b"")[1:3]) == []
    assert reader.receive(client_frame(0x89, b"")[3:]) == [(Received.TEXT, b"23")]
    assert reader.receive(b"") == [(Received.PING, b"")]
    assert reader.receive(b"") == []


def test_only_so_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_WAITING", 10)
    reader = FrameReader()
    texts = [(Received.TEXT, b"%d" % number) for number in range(5)]
    assert reader.receive(b"".join(client_frame(0x81, payload) for _, payload in texts)) == texts[:4]
    assert reader.receive(b"") == texts[4:]


def test_a_message_is_held_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "LARGEST_MESSAGE", 10)
    reader = FrameReader()
    assert reader.receive(client_frame(0x01, b"12345")) + reader.receive(client_frame(0x80, b"67890")) == [
        (Received.TEXT, b"1234567890")
    ]
    assert reader.receive(client_frame(0x01, b"1234567")) + reader.receive(client_frame(0x00, b"8901")) == [
        (Received.TOO_LARGE, b"11")
    ]
    reader = FrameReader()
    assert reader.receive(b"\x81\x0b0123456789") == []
    assert reader.receive(b"0") == [(Received.TOO_LARGE, b"11")]
