"""Which answers are removed."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from ngxpush.config.directives.gateways.cache import CachePath
from ngxpush.http.cache.shelf import Shelf
from ngxpush.http.cache.waste import next_look, surplus, unused
from ngxpush.http.cache.zone import CacheRecord, CacheZone


def _shelf(*expires: int, **settings: Any) -> Shelf:
    """A cache with a file of a block for each of these times, and with one that is being fetched."""
    zone = CacheZone(memoryview(bytearray(8192)), nullcontext(), lambda _: True)
    for number, expire in enumerate(expires):
        zone.put(CacheRecord(bytes([number + 1] * 16), 1, 4096, expire))
    zone.put(CacheRecord(b"x" * 16, 1, 4096, 0, updater=7))
    return Shelf(CachePath(b"/c", b"one", 8192, **settings), zone, None)  # type: ignore[arg-type]  # no file is changed


def test_unused_ones() -> None:
    assert [record.expire for record in unused(_shelf(5, 6, 7), 6) if record is not None] in ([5, 6], [6, 5])


def test_too_many() -> None:
    shelf = _shelf(7, 5, 6, max_size=3 * 4096)
    removed = []
    for record in surplus(shelf, lambda: 0):
        removed.append(record.expire)
        shelf.zone.gone(record.digest)
    assert removed == [5, 6]
    assert not list(surplus(_shelf(5), lambda: 0))


def test_too_little_is_free() -> None:
    assert [record.expire for record in surplus(_shelf(6, 5, min_free=10), lambda: 10)] == [5, 6]
    assert not list(surplus(_shelf(6, 5, min_free=10), lambda: 11))


def test_the_next_look() -> None:
    shelf = _shelf(100)
    shelf.zone.gone(b"x" * 16)
    assert [next_look(shelf, now) for now in (50, 97, 100)] == [10, 3, 1]
