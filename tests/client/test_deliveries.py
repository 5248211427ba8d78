"""What a measurement counts."""

from __future__ import annotations

from ngxpush.client.deliveries import Deliveries, Marks


def test_messages_are_found_in_what_any_template_makes_of_them() -> None:
    marks = Marks(b"run1")
    first, second = marks.text(0, 5, 40), marks.text(12, 6, 0)
    assert len(first) == 40
    assert marks.found(b'{"text":"' + first + b'"}<' + second + b">") == [(0, 5), (12, 6)]
    assert Marks(b"run2").found(first) == []


def test_lost_and_twice() -> None:
    deliveries = Deliveries(2, 3)
    assert [deliveries.add(0, number, number / 10) for number in (0, 1, 1, 2, 3)] == [True, True, False, True, False]
    assert deliveries.add(1, 1, 9.0)
    assert (deliveries.lost, deliveries.received, deliveries.duplicates) == (2, 4, 1)


def test_what_is_refused_does_not_count_though_it_comes() -> None:
    deliveries = Deliveries(2, 2)
    assert deliveries.add(0, 1, 0.1)
    deliveries.refuse(1)
    assert not deliveries.add(1, 1, 0.1)
    assert (deliveries.lost, deliveries.received, deliveries.refused) == (2, 0, 1)


def test_percentiles() -> None:
    deliveries = Deliveries(1, 100)
    assert deliveries.percentiles() == {}
    for number in range(100):
        deliveries.add(0, 99 - number, number + 1.0)
    assert deliveries.percentiles() == {50: 50.0, 90: 90.0, 99: 99.0, 100: 100.0}
