"""The records of a cache."""

from __future__ import annotations

from contextlib import nullcontext

from msgspec.structs import replace

from ngxpush.http.cache.zone import CacheRecord, CacheZone


def _zone(size: int = 8192, living: bool = True) -> CacheZone:
    return CacheZone(memoryview(bytearray(size)), nullcontext(), lambda _: living)


def _digest(number: int) -> bytes:
    return number.to_bytes(16, "little")


def test_a_record_is_kept_and_forgotten() -> None:
    zone, record = _zone(), CacheRecord(_digest(1), 2, 4096, 5, 502, 6, 7, 8)
    assert zone.get(record.digest) is None
    assert zone.put(record) is None
    assert (zone.get(record.digest), zone.size) == (record, 4096)
    zone.gone(record.digest)
    assert (zone.get(record.digest), zone.size) == (None, 0)


def test_a_full_bucket_gives_up_the_oldest() -> None:
    zone = _zone(1100)  # one bucket
    for number in range(1, 17):
        assert zone.put(CacheRecord(_digest(number), expire=100 - number, size=4096)) is None
    assert zone.put(CacheRecord(_digest(99), expire=200)) == CacheRecord(_digest(16), expire=84, size=4096)
    assert zone.size == 15 * 4096


def test_a_lock_ends_with_its_holder() -> None:
    record = CacheRecord(_digest(1), updater=7, locked_until=9)
    assert _zone().is_updating(record)
    assert not _zone(living=False).is_updating(record)
    zone = _zone()
    zone.put(record)
    zone.released(record.digest, 7, 8)  # of another lock
    assert zone.get(record.digest) == record
    zone.released(record.digest, 7, 9)
    assert zone.get(record.digest) == replace(record, updater=0)


def test_what_was_fetched() -> None:
    zone = _zone()
    zone.put(CacheRecord(_digest(1), 3, updater=7))
    zone.stored(_digest(1), 4096, 50)
    assert zone.get(_digest(1)) == CacheRecord(_digest(1), 3, 4096, 50)
    zone.failed(_digest(1), 504, 60)
    record = zone.get(_digest(1))
    assert record is not None
    assert (record.error, record.error_until) == (504, 60)


def test_one_process_does_the_work() -> None:
    zone = _zone()
    assert [zone.take_turn(now, 10) for now in (5, 6, 15)] == [True, False, True]
    zone.end_turn(16)
    assert zone.take_turn(16, 10)
    assert [zone.take_loading() for _ in range(2)] == [True, False]


def test_a_file_that_was_there() -> None:
    zone = _zone()
    zone.load(_digest(1), 4096, 50)
    zone.load(_digest(1), 8192, 90)
    assert zone.get(_digest(1)) == CacheRecord(_digest(1), 1, 4096, 50)
