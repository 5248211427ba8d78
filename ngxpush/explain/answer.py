"""The bytes written to a client, taken apart for people to read."""

from __future__ import annotations

import struct

from msgspec import Struct

_SWITCHED = b"HTTP/1.1 101 "
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class WrittenAnswer(Struct, frozen=True):
    """An answer, as far as it was written. status: 0 without a head.  head: its lines.  body: without chunks or frames."""

    status: int
    head: tuple[bytes, ...]
    body: bytes


def read_answer(written: bytes) -> WrittenAnswer:
    """Take the bytes of one answer apart. The client may have been told to send its body before: that is no answer yet."""
    written = written.removeprefix(_CONTINUE)
    if not written.startswith(b"HTTP/"):
        return WrittenAnswer(0, (), written)
    head, _, body = written.partition(b"\r\n\r\n")
    lines = tuple(head.split(b"\r\n"))
    if written.startswith(_SWITCHED):
        body = _without_frames(body)
    elif b"Transfer-Encoding: chunked" in lines:
        body = _without_chunks(body)
    return WrittenAnswer(int(lines[0].split()[1]), lines, body)


def _without_chunks(data: bytes) -> bytes:
    pieces = []
    while data:
        size, _, rest = data.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        pieces.append(rest[:length])
        data = rest[length + 2 :]
    return b"".join(pieces)


def _without_frames(data: bytes) -> bytes:
    """The texts of a server's frames, one after the other; a close, ping or pong frame is shown by its name."""
    pieces = []
    while data:
        opcode, length = data[0] & 0x0F, data[1]
        start = 2
        if length == 126:
            (length,), start = struct.unpack_from(">H", data, 2), 4
        elif length == 127:
            (length,), start = struct.unpack_from(">Q", data, 2), 10
        payload = data[start : start + length]
        pieces.append({8: b"<close> ", 9: b"<ping> ", 10: b"<pong> "}.get(opcode, b"") + payload)
        data = data[start + length :]
    return b"".join(pieces)
