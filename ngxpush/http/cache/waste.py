"""Which answers of a cache are to be removed: nginx's cache manager.

Those that no one has used for `inactive` seconds, and the ones not used for longest while the files are more than `max_size` or
the file system has less than `min_free`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .shelf import Shelf
from .zone import CacheRecord

LONGEST_WAIT = 10
"""How long the manager waits at most before it looks again, seconds."""


class Survey:
    """One look at all answers: `is_unused` is asked of each of them; then what is left is known.

    free: returns the free bytes of the file system.
    """

    def __init__(self, shelf: Shelf, now: int, free: Callable[[], int]) -> None:
        self._shelf = shelf
        self._now = now
        self._free = free
        self._next = now + LONGEST_WAIT
        # Those that may be too many; none are noted while there are not too many.
        self._left: list[CacheRecord] | None = [] if self._is_too_full() else None

    def is_unused(self, record: CacheRecord) -> bool:
        """Whether the answer is unused for too long."""
        if record.expire <= self._now and not self._shelf.zone.is_updating(record):
            return True
        self._next = min(self._next, record.expire)
        if self._left is not None and record.exists:
            self._left.append(record)
        return False

    def surplus(self) -> Iterator[CacheRecord]:
        """The answers that are too many, for as long as there are too many."""
        for record in sorted(self._left or (), key=lambda record: record.expire):
            if not self._is_too_full():
                return
            if not self._shelf.zone.is_updating(record):
                yield record

    @property
    def next_look(self) -> int:
        """When the next answer may be unused for too long, seconds since the epoch."""
        return max(self._next, self._now + 1)

    def _is_too_full(self) -> bool:
        settings = self._shelf.settings
        if settings.max_size is not None and self._shelf.zone.size >= settings.max_size:
            return True
        return bool(settings.min_free) and self._free() <= settings.min_free
