"""What waits in this process for one client that does not take it as fast as it is sent."""

from __future__ import annotations

from collections import deque

from ...http.connection.surroundings import MOST_WAITING

# What a piece counts at least: many small pieces take memory, too.
_LEAST_COUNTED = 1024


class Backlog:
    """Pieces in their order. They are kept as they are: a message that waits for many clients is in memory once.

    size: bytes that wait.
    """

    __slots__ = ("_counted", "_pieces", "size")

    def __init__(self) -> None:
        self.size = 0
        self._counted = 0
        self._pieces: deque[bytes] = deque()

    @property
    def is_full(self) -> bool:
        """Whether no more may be added. A single piece may have any size: an answer that is made in one go gets through."""
        return self._counted > MOST_WAITING

    def add(self, data: bytes) -> None:
        self._pieces.append(data)
        self.size += len(data)
        self._counted += max(len(data), _LEAST_COUNTED)

    def take(self, least: int) -> bytes:
        """Remove and return the first pieces: at least so many bytes, if there are."""
        taken: list[bytes] = []
        size = 0
        while self._pieces and size < least:
            piece = self._pieces.popleft()
            taken.append(piece)
            size += len(piece)
            self._counted -= max(len(piece), _LEAST_COUNTED)
        self.size -= size
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def clear(self) -> None:
        """Drop everything."""
        self._pieces.clear()
        self.size = self._counted = 0
