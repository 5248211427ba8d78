"""What a gRPC server sends, as bytes."""

from __future__ import annotations

from ngxpush.http.gateways.grpc import frames
from ngxpush.http.gateways.grpc.frames import frame

OK = b"\x88"
SETTINGS = frame(frames.SETTINGS, 0, 0)


def line(name: bytes, value: bytes) -> bytes:
    """A line of a header block."""
    return bytes((0, len(name))) + name + bytes((len(value),)) + value


def headers(block: bytes, stream: int = 1, flags: int = frames.END_HEADERS) -> bytes:
    return frame(frames.HEADERS, flags, stream, block)


def data(body: bytes, stream: int = 1, flags: int = 0) -> bytes:
    return frame(frames.DATA, flags, stream, body)


HEAD = headers(OK + line(b"x-a", b"b"))
TRAILERS = headers(line(b"grpc-status", b"0"), flags=frames.END_HEADERS | frames.END_STREAM)
