"""Frames of HTTP/2 (RFC 9113, 4.1): from bytes, and as bytes."""

from __future__ import annotations

import enum
from typing import Final

from h2.errors import ErrorCodes
from msgspec import Struct

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


class ReceivedFrame(Struct, frozen=True):
    """The head of a frame. kind: a `FrameKind`, or the number of a type that HTTP/2 does not know.  stream: 0 for the connection.

    length: bytes of the payload.
    """

    kind: int
    flags: int
    stream: int
    length: int


class BrokenFrame(Exception):
    """A frame that ends the connection. The text is nginx's message, at level info."""

    def __init__(self, error: ErrorCodes, message: str) -> None:
        super().__init__(error, message)
        self.error = error
        self.message = message


def wrong_length(head: ReceivedFrame) -> BrokenFrame:
    """A frame of a length that its kind can't have."""
    name = FrameKind(head.kind).name
    return BrokenFrame(ErrorCodes.FRAME_SIZE_ERROR, f"client sent {name} frame with incorrect length {head.length}")


def wrong_identifier(head: ReceivedFrame) -> BrokenFrame:
    """A frame of a stream that its kind can't have."""
    return BrokenFrame(ErrorCodes.PROTOCOL_ERROR, f"client sent {FrameKind(head.kind).name} frame with incorrect identifier")


def wrong_padding(head: ReceivedFrame, length: int, padding: int) -> BrokenFrame:
    """A frame that is shorter than its padding. length: what counts of it."""
    name = FrameKind(head.kind).name
    message = f"client sent padded {name} frame with incorrect length: {length}, padding: {padding}"
    return BrokenFrame(ErrorCodes.PROTOCOL_ERROR, message)


class ReceivedFrames:
    """Takes bytes in pieces of any size, and gives the heads of frames, and their payloads as they come.

    head: of the frame under way, None between two frames.  left: bytes of its payload that no one has taken.
    is_new: who takes the frame has seen no more than its head.
    """

    __slots__ = ("_data", "_position", "head", "is_new", "left")

    def __init__(self) -> None:
        self._data = b""
        self._position = 0
        self.head: ReceivedFrame | None = None
        self.is_new = False
        self.left = 0

    @property
    def has_part(self) -> bool:
        """Whether there is a frame that is not whole."""
        return self.head is not None or self.come > 0

    @property
    def come(self) -> int:
        """Bytes that have come and were not taken."""
        return len(self._data) - self._position

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        rest = self._data[self._position :]
        self._data, self._position = rest + data if rest else data, 0

    def begin(self) -> ReceivedFrame | None:
        """The head of the frame under way, or of the next one; None until it is whole."""
        if self.head is None and self.come >= HEAD_SIZE:
            head = self._data[self._position : self._position + HEAD_SIZE]
            self._position += HEAD_SIZE
            self.is_new, self.left = True, int.from_bytes(head[:3], "big")
            self.head = ReceivedFrame(head[3], head[4], int.from_bytes(head[5:], "big") & MOST_WINDOW, self.left)
        return self.head

    def end(self) -> None:
        """The frame is at its end."""
        self.head = None

    def some(self) -> bytes:
        """Take what has come of the payload."""
        data = self._data[self._position : self._position + self.left]
        self._position += len(data)
        self.left -= len(data)
        return data

    def exactly(self, count: int) -> bytes | None:
        """Take so many bytes of the payload; None until they have come."""
        if self.come < count:
            return None
        self._position += count
        self.left -= count
        return self._data[self._position - count : self._position]


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
