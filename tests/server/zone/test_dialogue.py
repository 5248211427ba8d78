"""Frames: whole however their bytes arrive, and nothing else is taken for one."""

from __future__ import annotations

import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngxpush.push.messages import Message
from ngxpush.push.operations import (
    Attach,
    ChannelInfo,
    ChannelRequest,
    Listing,
    Publish,
    Published,
    Refusal,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Totals,
    WorkerInfo,
)
from ngxpush.server.zone.dialogue import (
    TAKE_OVER,
    VERSION,
    BrokenStream,
    Call,
    CallFailed,
    Deleted,
    Done,
    Frame,
    HandedOver,
    Heard,
    Moved,
    TakeOver,
    Unpacker,
    checked,
    pack,
)

MESSAGE = Message(1, b"a", b"text\xff", 7, 2, b"id", None, (None, b"<text>"))
FRAMES: list[Frame] = [
    Call(1, Publish((b"a", b"\x00"), b"x" * 300, True, b"id")),
    Call(0, Subscribe("w1", (ChannelRequest(b"a", 2),), stay=Stay.NEVER)),
    Call(2, Summary()),
    Call(3, Attach("w1", 7)),
    Done(1, Published((ChannelInfo(b"a", 1, 1, 0),))),
    Done(2, Refusal(403, b"no", ("no",), "warn", True)),
    Done(3, Subscribed((MESSAGE,), staying=False)),
    Done(4, Listing(1, 0, 9, (ChannelInfo(b"a", 1, 1, 0),))),
    Done(5, Totals(1, 2, 3, 4, 5, 6, 7, 8, 9, (WorkerInfo("w1", 7, 1, 2),))),
    Done(6, None),
    Done(7, True),
    CallFailed(8, "why"),
    Heard(MESSAGE),
    Deleted(MESSAGE),
    Moved(),
    TakeOver(),
    HandedOver(),
]


@pytest.mark.parametrize("size", [1, 3, 5, 6, 1000])
def test_frames_come_out_whole_however_the_bytes_arrive(size: int) -> None:
    data = b"".join(map(pack, FRAMES))
    unpacker = Unpacker()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [frame for piece in pieces for frame in unpacker.feed(piece)] == FRAMES
    assert unpacker.unread == b""


def test_a_reader_that_stops_midway_goes_on_with_the_next() -> None:
    unpacker = Unpacker()
    for frame in unpacker.feed(pack(TakeOver()) + pack(HandedOver()) + b"\x01\x00"):
        assert frame == TakeOver()
        break
    assert unpacker.unread == pack(HandedOver()) + b"\x01\x00"
    assert list(unpacker.feed(b"")) == [HandedOver()]


def _frame(content: bytes, version: int = VERSION) -> bytes:
    return struct.pack("!BI", version, len(content)) + content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_frame(pack(TakeOver())[5:], VERSION + 1), "a frame of version 2 came where version 1 is spoken"),
        (b"GET / HTTP/1.1\r\n", "a frame of version 71 came where version 1 is spoken"),
        (b"\x01\xff\xff\xff\xff", "a frame of 4294967295 bytes was announced"),
        (_frame(b""), "a frame of 0 bytes makes no sense: Input data was truncated"),
        (_frame(b"\xc1"), "a frame of 1 bytes makes no sense: "),
        (_frame(pack(FRAMES[0])[5:-1]), "makes no sense: Input data was truncated"),
        (_frame(msgspec.msgpack.encode(["Unheard", 1])), "makes no sense: Invalid value 'Unheard'"),
        (_frame(msgspec.msgpack.encode(["Call", 1, ["Publish", ["text", b"x", True]]])), "makes no sense: Expected `"),
        (_frame(msgspec.msgpack.encode(["Call", 1, ["Explode"]])), "makes no sense: Invalid value 'Explode'"),
        (_frame(msgspec.msgpack.encode({"a": 1})), "makes no sense: Expected `array`, got `object`"),
        (_frame(b"\x92\xa8TakeOver\xa1\xff"), None),
    ],
)
def test_what_is_no_frame_is_refused_with_a_reason(data: bytes, reason: str | None) -> None:
    unpacker = Unpacker()
    reported: list[str] = []
    checked(lambda received: [*unpacker.feed(received)] and None, reported.append)(pack(HandedOver()) + data)
    assert reported == [] if reason is None else len(reported) == 1 and reason in reported[0]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_frame_that_a_dead_process_began_ends_where_the_next_process_takes_over(cut: int, size: int) -> None:
    unpacker, frames = Unpacker(), list[Frame]()
    begun = pack(Heard(Message(1, b"a", b"x" * 500, 7, 1)))[:cut]
    data = pack(Done(6, None)) + begun + TAKE_OVER + TAKE_OVER + pack(Done(7, True))
    for begin in range(0, len(data), size):
        frames += unpacker.feed(data[begin : begin + size])
    assert frames == [Done(6, None), TakeOver(), TakeOver(), Done(7, True)]
    assert unpacker.unread == b""


def test_what_is_whole_before_nonsense_is_read() -> None:
    frames = Unpacker().feed(pack(HandedOver()) + b"nonsense")
    assert next(frames) == HandedOver()
    with pytest.raises(BrokenStream):
        next(frames)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_bytes_raise_anything_else(pieces: list[bytes]) -> None:
    for prefix in (b"", b"\x01\x00\x00\x00\x08"):
        unpacker = Unpacker()
        try:
            for piece in (prefix, *pieces):
                list(unpacker.feed(piece))
        except BrokenStream as error:
            assert str(error)
