"""Which answers are removed."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ngxpush.config.directives.gateways.cache import CachePath
from ngxpush.http.cache.shelf import Shelf
from ngxpush.http.cache.waste import Survey
from ngxpush.http.cache.zone import CacheRecord, CacheZone


def _shelf(*expires: int, **settings: Any) -> Shelf:
    """A cache with a file of a block for each of these times, and with one that is being fetched."""
    zone = CacheZone(memoryview(bytearray(8192)), nullcontext(), lambda _: True)
    for number, expire in enumerate(expires):
        zone.put(CacheRecord(bytes([number + 1] * 16), 1, 4096, expire))
    zone.put(CacheRecord(b"x" * 16, 1, 4096, 0, updater=7))
    return Shelf(CachePath(b"/c", b"one", 8192, **settings), zone, None)  # type: ignore[arg-type]  # no file is changed


def _survey(shelf: Shelf, now: int = 0, free: int = 0) -> tuple[list[int], Survey]:
    """When the unused answers were to be used again, and the look at the others."""
    survey = Survey(shelf, now, lambda: free)
    return sorted(record.expire for record in shelf.zone.records() if record is not None and survey.is_unused(record)), survey


def test_unused_ones() -> None:
    assert _survey(_shelf(5, 6, 7), 6)[0] == [5, 6]


def test_too_many() -> None:
    shelf = _shelf(7, 5, 6, max_size=3 * 4096)
    removed = []
    for record in _survey(shelf)[1].surplus():
        removed.append(record.expire)
        shelf.zone.gone(record.digest)
    assert removed == [5, 6]
    assert not list(_survey(_shelf(5))[1].surplus())


def test_too_little_is_free() -> None:
    assert [record.expire for record in _survey(_shelf(6, 5, min_free=10), free=10)[1].surplus()] == [5, 6]
    assert not list(_survey(_shelf(6, 5, min_free=10), free=11)[1].surplus())


def test_the_next_look() -> None:
    shelf = _shelf(100)
    assert _survey(shelf, 97)[1].next_look == 98  # one that is being fetched will be unused
    shelf.zone.gone(b"x" * 16)
    assert [_survey(shelf, now)[1].next_look for now in (50, 97, 100)] == [60, 100, 110]
