"""Frames of HTTP/2 (RFC 9113, 4.1): from bytes, and as bytes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from h2.errors import ErrorCodes

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


class BrokenFrame(Exception):
    """A frame that ends the connection. The text is nginx's message, at level info."""

    def __init__(self, error: ErrorCodes, message: str) -> None:
        super().__init__(error, message)
        self.error = error
        self.message = message


class FrameSplitter:
    """Takes bytes in pieces of any size, and gives whole frames; a longer one of DATA as several, which mean the same.

    most: bytes of the payload of a frame.
    """

    __slots__ = ("_data", "_most", "_position")

    def __init__(self, most: int) -> None:
        self._data = b""
        self._most = most
        self._position = 0

    @property
    def has_part(self) -> bool:
        """Whether there is a frame that is not whole."""
        return self._position < len(self._data)

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        rest = self._data[self._position :]
        self._data, self._position = rest + data if rest else data, 0

    def next_frame(self) -> Frame | None:
        """The next frame, or None until it is whole. Raises BrokenFrame for one that is too long to be kept."""
        data, start = self._data, self._position + HEAD_SIZE
        if len(data) < start:
            return None
        length = int.from_bytes(data[start - HEAD_SIZE : start - 6], "big")
        if data[start - 6] == FrameKind.PUSH_PROMISE:
            raise BrokenFrame(ErrorCodes.PROTOCOL_ERROR, "client sent PUSH_PROMISE frame")
        kind, flags, stream = data[start - 6], data[start - 5], int.from_bytes(data[start - 4 : start], "big") & MOST_WINDOW
        if length > self._most:
            if kind != FrameKind.DATA or flags & PADDED:
                raise BrokenFrame(ErrorCodes.ENHANCE_YOUR_CALM, f"client sent too large frame: {length} bytes")
            return self._part(length, flags, stream)
        end = start + length
        if len(data) < end:
            return None
        self._position = end
        return Frame(kind, flags, stream, data[start:end])

    def _part(self, length: int, flags: int, stream: int) -> Frame | None:
        """The first part of a frame of DATA. The head of the rest takes the place of its head."""
        start = self._position + HEAD_SIZE
        end = start + self._most
        if len(self._data) < end:
            return None
        part = self._data[start:end]
        head = frame(FrameKind.DATA, flags, stream)[3:]
        self._data, self._position = (length - self._most).to_bytes(3, "big") + head + self._data[end:], 0
        return Frame(FrameKind.DATA, flags & ~END_STREAM, stream, part)


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
