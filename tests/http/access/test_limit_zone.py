"""Records in shared memory."""

from __future__ import annotations

from ngxpush.http.access.limit_zone import LimitZone, Record


def test_records_are_kept_changed_and_removed() -> None:
    zone = LimitZone(memoryview(bytearray(65536)))
    assert zone.get(b"a") is None
    assert zone.put(b"a", Record(1, 10), evict=False) and zone.put(b"b", Record(2, 20), evict=False)
    assert zone.put(b"a", Record(3, 11), evict=False)
    assert (zone.get(b"a"), zone.get(b"b")) == (Record(3, 11), Record(2, 20))
    zone.remove(b"a")
    assert (zone.get(b"a"), zone.get(b"b")) == (None, Record(2, 20))


def test_two_zones_on_one_memory_see_the_same() -> None:
    memory = bytearray(65536)
    LimitZone(memoryview(memory)).put(b"a", Record(1, 10), evict=False)
    assert LimitZone(memoryview(memory)).get(b"a") == Record(1, 10)


def test_a_full_zone_refuses_or_forgets_the_oldest() -> None:
    zone = LimitZone(memoryview(bytearray(512)))
    for number in range(16):
        assert zone.put(b"%d" % number, Record(100 - number, 1), evict=False)
    assert not zone.put(b"new", Record(200, 1), evict=False)
    assert zone.put(b"new", Record(200, 1), evict=True)
    assert zone.get(b"15") is None, "the one changed longest ago"
    assert zone.get(b"14") is not None and zone.get(b"new") == Record(200, 1)
