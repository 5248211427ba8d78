"""The compressed head of a stream while its frames come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class CompressedHead:
    """One head. ended: no body follows."""

    stream: int
    block: bytearray
    ended: bool
