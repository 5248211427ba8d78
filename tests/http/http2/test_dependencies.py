"""Which streams go first. The order is that of nginx 1.22.1."""

from __future__ import annotations

from ngxpush.http.http2.dependencies import Dependencies, Dependency


def _order(*places: Dependency) -> list[int]:
    return [place.number for place in sorted(places, key=lambda place: place.turn)]


def test_the_heavier_one_goes_first() -> None:
    tree = Dependencies()
    one, three = tree.open(1, 1, 0, exclusive=False), tree.open(3, 256, 0, exclusive=False)
    assert _order(one, three) == [3, 1]
    tree.change(1, 256, 0, exclusive=False)
    tree.change(3, 1, 0, exclusive=False)
    assert _order(one, three) == [1, 3]


def test_one_goes_before_those_that_depend_on_it() -> None:
    tree = Dependencies()
    one, three = tree.open(1, 1, 0, exclusive=False), tree.open(3, 256, 1, exclusive=False)
    assert _order(three, one) == [1, 3]
    tree.change(1, 16, 3, exclusive=False)
    assert _order(one, three) == [3, 1]


def test_an_exclusive_one_comes_between() -> None:
    tree = Dependencies()
    one, three = tree.open(1, None, 0, exclusive=False), tree.open(3, None, 1, exclusive=False)
    five = tree.open(5, 16, 1, exclusive=True)
    assert _order(three, five, one) == [1, 5, 3]
    assert (one.rank, five.rank, three.rank) == (1, 2, 3)


def test_a_chain_may_be_long() -> None:
    tree = Dependencies()
    last = [tree.open(number, 16, number - 2, exclusive=False) for number in range(1, 4001, 2)][-1]
    tree.change(1, 256, 0, exclusive=False)
    assert last.rank == 2000


def test_a_stream_that_has_ended_keeps_its_place_for_a_while() -> None:
    tree = Dependencies()
    one, three = tree.open(1, 256, 0, exclusive=False), tree.open(3, 16, 1, exclusive=False)
    tree.end(one)
    assert three.rank == 2
    for number in range(101, 101 + 2 * 32, 2):
        tree.change(number, 16, 0, exclusive=False)
    assert three.rank == 1


def test_no_one_depends_on_what_is_not_known() -> None:
    tree = Dependencies()
    assert tree.open(3, 16, 99, exclusive=True).rank == 1
    tree.change(5, 16, 3, exclusive=False)
    assert tree.open(5, None, 0, exclusive=False).rank == 2
