"""Frames from bytes."""

from __future__ import annotations

import pytest

from ngxpush.http.http2.frames import END_STREAM, PADDED, BrokenFrame, Frame, FrameKind, FrameSplitter, frame


@pytest.mark.parametrize("size", [1, 5, 100])
def test_frames_come_in_pieces_of_any_size(size: int) -> None:
    data = frame(FrameKind.PING, 0, 0, b"12345678") + frame(FrameKind.DATA, END_STREAM, 1, b"abcdefghij")
    splitter = FrameSplitter(8)
    got: list[Frame] = []
    for place in range(0, len(data), size):
        splitter.feed(data[place : place + size])
        got += iter(splitter.next_frame, None)
    assert got == [
        Frame(FrameKind.PING, 0, 0, b"12345678"),
        Frame(FrameKind.DATA, 0, 1, b"abcdefgh"),
        Frame(FrameKind.DATA, END_STREAM, 1, b"ij"),
    ]


@pytest.mark.parametrize(("kind", "flags"), [(FrameKind.HEADERS, 0), (FrameKind.DATA, PADDED)])
def test_others_that_are_long_are_refused_at_once(kind: FrameKind, flags: int) -> None:
    splitter = FrameSplitter(8)
    splitter.feed(frame(kind, flags, 1, b"123456789")[:9])
    with pytest.raises(BrokenFrame):
        splitter.next_frame()
