"""Rows of many things, which Python's garbage collector need not look through.

A full collection looks at each element of each list and deque that there is: with a million stored messages nothing else happens
for a third of a second. It stops to look at a tuple in which it finds nothing but bytes, numbers, and objects that it does not
know (Message). So a row keeps its elements in such tuples, and a collection costs a step for each CHUNK of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, dropwhile
from typing import Generic, TypeVar

T = TypeVar("T")

CHUNK = 64
"""The elements of one tuple. No more than twice as many are ever moved at once.

A new tuple is looked through once, and the youngest collection has hundreds of them: with larger ones it would be long.
"""


class Row(Generic[T]):
    """A queue: elements are added at its end and taken from its beginning.

    _first: the oldest elements, the oldest last.  _chunks: then CHUNK elements in each.  _last: fewer than CHUNK, the newest.
    """

    __slots__ = ("_chunks", "_first", "_last")

    def __init__(self) -> None:
        self._first: list[T] = []
        self._chunks: list[tuple[T, ...]] = []
        self._last: list[T] = []

    def __len__(self) -> int:
        return len(self._first) + CHUNK * len(self._chunks) + len(self._last)

    def __bool__(self) -> bool:
        return bool(self._last or self._chunks or self._first)

    def __iter__(self) -> Iterator[T]:
        """The elements, oldest first. The row must not change meanwhile."""
        return self._since(0)

    @property
    def oldest(self) -> T:
        """The element at the beginning. The row must not be empty."""
        if self._first:
            return self._first[-1]
        return self._chunks[0][0] if self._chunks else self._last[0]

    @property
    def newest(self) -> T:
        """The element at the end. The row must not be empty."""
        if self._last:
            return self._last[-1]
        return self._chunks[-1][-1] if self._chunks else self._first[0]

    def append(self, element: T) -> None:
        last = self._last
        last.append(element)
        if len(last) == CHUNK:
            self._chunks.append(tuple(last))
            last.clear()

    def extend(self, elements: Iterable[T]) -> None:
        for element in elements:
            self.append(element)

    def popleft(self) -> T:
        """Take the oldest element out. The row must not be empty."""
        first = self._first
        if not first:
            if self._chunks:
                first += self._chunks.pop(0)
            else:
                first += self._last
                self._last.clear()
            first.reverse()
        return first.pop()

    def after(self, passed: Callable[[T], bool]) -> list[T]:
        """The elements but those at the beginning that are `passed`; no later one may be. They are found by halves."""
        if not self or passed(self.newest):
            return []
        start = bisect_left(self._chunks, True, key=lambda chunk: not passed(chunk[-1]))
        return list(dropwhile(passed, self._since(start)))

    def last(self, count: int) -> list[T]:
        """The newest `count` elements, at least one; all where there are fewer."""
        chunks = max(-(-(count - len(self._last)) // CHUNK), 0)
        return list(self._since(max(len(self._chunks) - chunks, 0)))[-count:]

    def pieces(self) -> tuple[tuple[T, ...], ...]:
        """The elements as they are now, oldest first, in pieces of less than two CHUNKs: few steps for many elements.

        Rows that got and lost their elements together have pieces of the same lengths.
        """
        first, last = tuple(reversed(self._first)), tuple(self._last)
        pieces = (first, *self._chunks, last) if self._chunks else (first + last,)
        return tuple([piece for piece in pieces if piece])

    def _since(self, start: int) -> Iterator[T]:
        """The elements from that chunk on; from the oldest on where it is the first chunk."""
        first, chunks = (self._first, self._chunks) if not start else ((), self._chunks[start:])
        return chain(reversed(first), chain.from_iterable(chunks), self._last)
