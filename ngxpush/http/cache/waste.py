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


def unused(shelf: Shelf, now: int) -> Iterator[CacheRecord | None]:
    """The answers that are unused for too long; None now and then between them."""
    for record in shelf.zone.records():
        if record is None:
            yield None
        elif record.expire <= now and not shelf.zone.is_updating(record):
            yield record


def surplus(shelf: Shelf, free: Callable[[], int]) -> Iterator[CacheRecord]:
    """The answers that are too many, for as long as there are too many. free: returns the free bytes of the file system."""
    if not _is_too_full(shelf, free):
        return
    records = [record for record in shelf.zone.records() if record is not None and record.exists]
    for record in sorted(records, key=lambda record: record.expire):
        if not _is_too_full(shelf, free):
            return
        if not shelf.zone.is_updating(record):
            yield record


def _is_too_full(shelf: Shelf, free: Callable[[], int]) -> bool:
    settings = shelf.settings
    if settings.max_size is not None and shelf.zone.size >= settings.max_size:
        return True
    return bool(settings.min_free) and free() <= settings.min_free


def next_look(shelf: Shelf, now: int) -> int:
    """In how many seconds the next answer may be unused for too long."""
    ends = [record.expire for record in shelf.zone.records() if record is not None]
    return max(1, min(LONGEST_WAIT, min(ends, default=now + LONGEST_WAIT) - now))
