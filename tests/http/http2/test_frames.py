"""Frames from bytes."""

from __future__ import annotations

import pytest

from ngxpush.http.http2.frames import END_STREAM, FrameKind, ReceivedFrame, ReceivedFrames, frame


@pytest.mark.parametrize("size", [1, 5, 100])
def test_frames_come_in_pieces_of_any_size(size: int) -> None:
    data = frame(FrameKind.PING, 0, 0, b"12345678") + frame(FrameKind.DATA, END_STREAM, 1, b"abcdefghij")
    reader = ReceivedFrames()
    got: list[tuple[ReceivedFrame, bytes]] = []
    for place in range(0, len(data), size):
        reader.feed(data[place : place + size])
        while (head := reader.begin()) is not None:
            payload = reader.exactly(head.length) if head.kind == FrameKind.PING else reader.some()
            if payload:
                got.append((head, payload))
            if reader.left:
                break
            reader.end()
    ping, body = ReceivedFrame(FrameKind.PING, 0, 0, 8), ReceivedFrame(FrameKind.DATA, END_STREAM, 1, 10)
    assert got[0] == (ping, b"12345678")
    assert {head for head, _ in got[1:]} == {body}
    assert b"".join(payload for _, payload in got[1:]) == b"abcdefghij"
    assert not reader.has_part
