"""ngxpush.config.address_table: ranges of addresses, which values they give."""

from __future__ import annotations

import pytest

from ngxpush.config.address_table import Overlaps, Ranges, address_table

BLOCK = 1 << 16


def test_the_narrowest_range_counts() -> None:
    table = address_table([(0, 99, b"wide"), (10, 19, b"narrow"), (15, 15, b"one"), (200, 299, b"far")])
    values = {address: table.find(address) for address in (0, 9, 10, 14, 15, 16, 19, 20, 99, 100, 199, 200, 299, 300)}
    assert values == {
        0: b"wide",
        9: b"wide",
        10: b"narrow",
        14: b"narrow",
        15: b"one",
        16: b"narrow",
        19: b"narrow",
        20: b"wide",
        99: b"wide",
        100: None,
        199: None,
        200: b"far",
        299: b"far",
        300: None,
    }


def test_ranges_that_touch() -> None:
    table = address_table([(0, 9, b"a"), (10, 19, b"b")])
    assert (table.find(9), table.find(10), table.find(20)) == (b"a", b"b", None)


def test_an_empty_table() -> None:
    assert address_table([]).find(1) is None


def test_a_range_is_cut_out_of_the_one_around_it() -> None:
    ranges = Ranges()
    assert list(ranges.add(0, 9, b"a")) == []
    assert list(ranges.add(3, 5, b"b")) == []
    assert sorted(ranges) == [(0, 2, b"a"), (3, 5, b"b"), (6, 9, b"a")]


def test_the_same_range_again() -> None:
    ranges = Ranges()
    list(ranges.add(0, 2 * BLOCK - 1, b"a"))
    assert list(ranges.add(0, 2 * BLOCK - 1, b"b")) == [b"a", b"a"]  # once for each block
    assert sorted(ranges) == [(0, BLOCK - 1, b"b"), (BLOCK, 2 * BLOCK - 1, b"b")]


@pytest.mark.parametrize(("first", "last"), [(0, 15), (15, 25), (5, 25)])
def test_ranges_that_overlap(first: int, last: int) -> None:
    ranges = Ranges()
    list(ranges.add(10, 20, b"a"))
    with pytest.raises(Overlaps) as overlaps:
        list(ranges.add(first, last, b"b"))
    assert (overlaps.value.first, overlaps.value.last) == (10, 20)


def test_ranges_are_removed_block_by_block() -> None:
    ranges = Ranges()
    list(ranges.add(0, 2 * BLOCK - 1, b"a"))
    assert ranges.remove(BLOCK, 2 * BLOCK - 1)
    assert not ranges.remove(BLOCK, 2 * BLOCK - 1)
    assert list(ranges) == [(0, BLOCK - 1, b"a")]
