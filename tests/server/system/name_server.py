"""What a name server says, as bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

POINTER = b"\xc0\x0c"
"""The name of the question."""


def encoded(name: bytes) -> bytes:
    return b"".join(b"%c%b" % (len(label), label) for label in name.split(b".") if label) + b"\0"


def record(name: bytes, type_: int, ttl: int, data: bytes) -> bytes:
    return name + struct.pack(">HHiH", type_, 1, ttl, len(data)) + data


def answer(ident: int, host: bytes, type_: int, records: Sequence[bytes] = (), flags: int = 0x8180) -> bytes:
    head = struct.pack(">HHHHHH", ident, flags, 1, len(records), 0, 0)
    return head + encoded(host) + struct.pack(">HH", type_, 1) + b"".join(records)
