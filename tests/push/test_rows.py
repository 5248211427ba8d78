"""Rows: a queue like any other, whose elements the garbage collector does not look through."""

from __future__ import annotations

import gc
from collections import deque
from random import Random

import pytest

from ngxpush.push.messages import Message
from ngxpush.push.rows import CHUNK, Row


@pytest.mark.parametrize("most", [1, CHUNK - 1, CHUNK, 5 * CHUNK])
def test_does_what_a_deque_does(most: int) -> None:
    row: Row[int] = Row()
    other: deque[int] = deque()
    random = Random(most)
    for number in range(20 * CHUNK):
        row.append(number)
        other.append(number)
        while len(other) > most or (other and random.random() < 0.1):
            assert row.popleft() == other.popleft()
        assert len(row) == len(other)
        if other:
            assert (row.oldest, row.newest) == (other[0], other[-1])
    assert list(row) == list(other) == [element for piece in row.pieces() for element in piece]


def test_rows_with_one_history_have_the_same_pieces() -> None:
    rows: list[Row[int]] = [Row(), Row()]
    for row in rows:
        row.extend(range(3 * CHUNK))
        for _ in range(5):
            row.popleft()
        row.append(0)
    lengths = [[len(piece) for piece in row.pieces()] for row in rows]
    assert lengths == [[CHUNK - 5, CHUNK, CHUNK, 1]] * 2


def test_the_collector_does_not_look_at_full_chunks() -> None:
    row: Row[Message] = Row()
    row.extend(Message(number, b"ch", b"text", 0, number) for number in range(4 * CHUNK))
    gc.collect()
    assert not any(gc.is_tracked(piece) for piece in row.pieces())


@pytest.mark.parametrize("taken", [0, 1, CHUNK, CHUNK + 5])
def test_after_is_the_rest_of_the_row_and_last_its_end(taken: int) -> None:
    row: Row[int] = Row()
    row.extend(range(4 * CHUNK + 3))
    for _ in range(taken):
        row.popleft()
    for place in range(-1, 4 * CHUNK + 5):
        assert row.after(lambda number, place=place: number <= place) == [number for number in row if number > place]
    for count in range(1, 4 * CHUNK + 5):
        assert row.last(count) == list(row)[-count:]
    assert Row[int]().after(lambda number: True) == Row[int]().last(1) == []
