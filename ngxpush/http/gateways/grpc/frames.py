"""Frames of HTTP/2 (RFC 9113, sections 4 and 6), as far as a client needs them."""

from __future__ import annotations

import struct

from msgspec import Struct

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

ACK = END_STREAM = 0x1
END_HEADERS = 0x4
PADDED = 0x8
WITH_PRIORITY = 0x20

HEAD_SIZE = 9
"""Bytes before the payload."""

MOST = 16384
"""The most bytes of a payload. nginx does not look at what the server allows."""

MAX_WINDOW = (1 << 31) - 1

INITIAL_WINDOW = 65535
"""Of a connection and of each stream, until the other side says otherwise."""

_HEAD = struct.Struct(">HBBBI")


class FrameHead(Struct, frozen=True):
    """What stands before a payload. length: bytes of the payload.  stream: 0 for the connection itself."""

    length: int
    type: int
    flags: int
    stream: int

    @classmethod
    def parse(cls, data: bytes) -> FrameHead:
        """The head in the first bytes of `data`."""
        high, low, kind, flags, stream = _HEAD.unpack_from(data)
        return cls(high << 8 | low, kind, flags, stream & MAX_WINDOW)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A whole frame."""
    length = len(payload)
    return _HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream) + payload


def header_frames(stream: int, block: bytes, ended: bool) -> bytes:
    """A header block in as many frames as it needs. ended: no body follows."""
    pieces = [block[start : start + MOST] for start in range(0, len(block), MOST)]
    last = len(pieces) - 1
    return b"".join(
        frame(
            CONTINUATION if place else HEADERS,
            (END_HEADERS if place == last else 0) | (END_STREAM if ended and not place else 0),
            stream,
            piece,
        )
        for place, piece in enumerate(pieces)
    )


def number(payload: bytes, start: int = 0) -> int:
    """The four bytes from there, without the reserved bit."""
    return int.from_bytes(payload[start : start + 4], "big") & MAX_WINDOW


PREFACE = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    # No table of headers, no pushed streams, the largest window for each stream and then for the connection.
    + frame(SETTINGS, 0, 0, struct.pack(">HIHIHI", 1, 0, 2, 0, 4, MAX_WINDOW))
    + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", MAX_WINDOW - INITIAL_WINDOW))
)
"""What nginx sends on a new connection before its first request."""
