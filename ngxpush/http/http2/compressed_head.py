"""The compressed head of a stream while its frames come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class CompressedHead:
    """One head. ended: no body follows.  depends_on_itself: its priority says so, which is an error of the stream."""

    stream: int
    block: bytearray
    ended: bool
    depends_on_itself: bool
