"""Frames of HTTP/2 (RFC 9113, 4.1): from bytes, and as bytes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MOST_WINDOW: Final = 0x7FFFFFFF
DEFAULT_WINDOW: Final = 65535
MOST_FRAME_SIZE: Final = 0xFFFFFF
DEFAULT_FRAME_SIZE: Final = 16384
HEAD_SIZE: Final = 9

END_STREAM: Final = 0x1
ACK: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
PRIORITY: Final = 0x20


class FrameKind(enum.IntEnum):
    """The types of frames."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. kind: a `FrameKind`, or the number of a type that HTTP/2 does not know.  stream: 0 for the connection."""

    kind: int
    flags: int
    stream: int
    payload: bytes


class FrameSplitter:
    """Takes bytes in pieces of any size, and gives whole frames."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._rest = self._rest + data if self._rest else data

    def next_frame(self) -> Frame | None:
        """The next frame, or None until it is whole."""
        rest = self._rest
        if len(rest) < HEAD_SIZE:
            return None
        end = HEAD_SIZE + int.from_bytes(rest[:3], "big")
        if len(rest) < end:
            return None
        self._rest = rest[end:]
        return Frame(rest[3], rest[4], int.from_bytes(rest[5:9], "big") & MOST_WINDOW, rest[HEAD_SIZE:end])


def frame(kind: FrameKind, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return b"%b%c%c%b%b" % (len(payload).to_bytes(3, "big"), kind, flags, stream.to_bytes(4, "big"), payload)


def head_frames(stream: int, block: bytes, end_stream: bool, size: int) -> bytes:
    """The frames of a compressed head: HEADERS and, if it is longer than `size`, CONTINUATION."""
    flags = END_STREAM if end_stream else 0
    kind, frames = FrameKind.HEADERS, []
    while len(block) > size:
        frames.append(frame(kind, flags, stream, block[:size]))
        block, kind, flags = block[size:], FrameKind.CONTINUATION, 0
    frames.append(frame(kind, flags | END_HEADERS, stream, block))
    return b"".join(frames)


def number(value: int) -> bytes:
    """A number of four bytes: an error, a window."""
    return value.to_bytes(4, "big")
