"""The counting sees every kind of fault: what it does not see, the endurance runs can't show."""

from __future__ import annotations

from collections.abc import Iterable

from .counting import Count, Record, Tally, parse


def _line(id: int, number: int | None = None) -> bytes:
    return b"%d 7 Sat, 28 Nov 2026 18:23:42 GMT e%d %d abc" % (id, id, id if number is None else number)


def _counted(ids: Iterable[int], end: int = 5, resumes: bool = True) -> Count:
    """What is counted for a subscriber that gets these ids after another one has got all up to `end`, one by one and together."""
    record = Record()
    Tally(record, Count(), True).take([_line(id) for id in range(1, end + 1)])
    together, single = Count(), Count()
    tally = Tally(record, together, resumes)
    tally.take([_line(id) for id in ids])
    tally.close(end)
    tally = Tally(record, single, resumes)
    for id in ids:
        tally.take([_line(id)])
    tally.close(end)
    assert together == single
    return together


def test_all_is_well() -> None:
    assert _counted([1, 2, 3, 4, 5]) == Count(received=5)


def test_a_hole() -> None:
    assert _counted([1, 2, 5]) == Count(received=3, lost=2)


def test_the_end_is_missing() -> None:
    assert _counted([1, 2]) == Count(received=2, lost=3)


def test_twice() -> None:
    assert _counted([1, 2, 2, 3, 4, 5]) == Count(received=6, duplicate=1)


def test_out_of_order() -> None:
    assert _counted([1, 3, 2, 4, 5]) == Count(received=5, out_of_order=1)


def test_who_does_not_resume_misses_what_came_before_its_first_message_and_nothing_else() -> None:
    assert _counted([3, 4, 5], resumes=False) == Count(received=3, missed=2)
    assert _counted([3, 5], resumes=False) == Count(received=2, missed=2, lost=1)


def test_another_text_under_the_same_id() -> None:
    record, count = Record(), Count()
    Tally(record, Count(), True).take([_line(1)])
    Tally(record, count, True).take([_line(1, number=2)])
    assert count.different == 1


def test_acknowledged_and_not_there() -> None:
    record = Record()
    record.acknowledged |= {1, 2}
    Tally(record, Count(), True).take([_line(1)])
    assert record.faults == {"vanished": 1}


def test_twice_under_two_ids() -> None:
    record = Record()
    Tally(record, Count(), True).take([_line(1, number=1), _line(2, number=1)])
    assert record.faults == {"twice": 1}
    record.doubtful.add(1)
    assert record.faults == {}


def test_what_all_have_is_forgotten() -> None:
    record, count = Record(), Count()
    tally = Tally(record, count, True)
    for id in range(1, 20_001):
        tally.take([_line(id)])
        record.forget(tally.last)
    tally.close(20_000)
    assert (count, record.end) == (Count(received=20_000), 20_000)


def test_the_parts_of_a_line() -> None:
    assert parse(_line(12, 3)) == (12, b"7", b"Sat, 28 Nov 2026 18:23:42 GMT", b"e12", 3)
