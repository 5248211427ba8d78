"""WebSocket frames, good and broken ones, made from a seed: what a client sends after its handshake, segment by segment.

A segment ends at the latest where a frame ends: of several frames that arrive together all but the first wait
(push/frames.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

_FIN = 0x80
_OTHERS = (PING, PING, PONG, BINARY, CLOSE, 0x3, 0x7, 0xB, 0xF)
_HUGE = (1 << 40, 1 << 50, (1 << 62) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
_UTF8 = (
    b"a",
    b"bc",
    b"hello",
    "é".encode(),
    "€".encode(),
    "𝄞".encode(),
    b"\0",
    b"\xed\xa0\x80",
    b"\xef\xbf\xbf",
    b"\xf4\x8f\xbf\xbf",
)
_NO_UTF8 = (
    b"\xff",
    b"\x80",
    b"\xc3",
    b"\xa9",
    b"a\xe2\x82",
    b"\xac",
    b"\xc0\xaf",
    b"\xe0\x80\x80",
    b"\xf4\x90\x80\x80",
    b"\x03\xe8",
)


@dataclass(frozen=True)
class Frame:
    """One frame. huge: it declares a length that no machine has memory for.  data: its bytes."""

    opcode: int
    final: bool
    payload: bytes
    is_utf8: bool
    huge: bool
    data: bytes


@dataclass(frozen=True)
class Sequence:
    """The frames of one client, and the segments in which they come."""

    frames: list[Frame]
    segments: list[bytes]


def sequences(seed: int, count: int) -> Iterator[Sequence]:
    """So many sequences."""
    random = Random(seed)
    for _ in range(count):
        frames = list(_frames(random))
        yield Sequence(frames, [segment for frame in frames for segment in _cut(random, frame.data)])


def _frames(random: Random) -> Iterator[Frame]:
    """The frames of one client. It mostly continues a message it has begun."""
    message = False
    for _ in range(random.randint(1, 9)):
        final = random.random() < 0.5
        opcode = CONTINUATION if message else TEXT
        if random.random() < 0.25:
            opcode = random.choice(_OTHERS)
            final = (final and not message) or random.random() < 0.2
        elif random.random() < 0.06:
            opcode = TEXT if opcode == CONTINUATION else CONTINUATION
        yield _frame(random, opcode, final)
        message = not final


def _frame(random: Random, opcode: int, final: bool) -> Frame:
    """One frame, with a length of any width that holds it, masked or not, perhaps with reserved bits."""
    is_utf8 = random.random() >= 0.06
    huge = random.random() < 0.02
    payload = b"" if huge else _payload(random) if is_utf8 else random.choice(_NO_UTF8)
    length = random.choice(_HUGE) if huge else len(payload)
    first = opcode | (_FIN if final else 0) | (random.choice((0x10, 0x20, 0x40, 0x70)) if random.random() < 0.1 else 0)
    widths = [width for width, limit in ((0, 126), (2, 1 << 16), (8, 1 << 64)) if length < limit]
    width = random.choice(widths) if random.random() < 0.1 else widths[0]
    key = random.choice((b"\0\0\0\0", b"")) if random.random() < 0.15 else random.randbytes(4)
    second = {0: length, 2: 126, 8: 127}[width] | (0x80 if key else 0)
    masked = bytes(byte ^ key[index % 4] for index, byte in enumerate(payload)) if key else payload
    data = bytes((first, second)) + length.to_bytes(8)[8 - width :] + key + masked
    return Frame(opcode, final, payload, is_utf8 or huge, huge, data)


def _payload(random: Random) -> bytes:
    if random.random() < 0.04:
        return b"x" * random.randint(120, 300)
    return b"".join(random.choice(_UTF8) for _ in range(random.choice((0, 0, 1, 1, 1, 2, 3))))


def _cut(random: Random, data: bytes) -> Iterator[bytes]:
    """The frame as it is, or in two, three, or in segments of a byte."""
    how = random.random()
    if how < 0.6 or len(data) > 60:
        yield data
        return
    inner = range(1, len(data))
    cuts = list(inner) if how < 0.65 else sorted(random.sample(inner, min(len(inner), random.randint(1, 2))))
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        yield data[start:end]
