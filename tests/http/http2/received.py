"""The frames that a client of the tests gets."""

from __future__ import annotations

from typing import NamedTuple

from ngxpush.http.http2.frames import ReceivedFrames


class Frame(NamedTuple):
    """A whole frame."""

    kind: int
    flags: int
    stream: int
    payload: bytes


def split(data: bytes) -> list[Frame]:
    """Whole frames."""
    reader, frames = ReceivedFrames(), []
    reader.feed(data)
    while (head := reader.begin()) is not None:
        frames.append(Frame(head.kind, head.flags, head.stream, reader.some()))
        reader.end()
    return frames
