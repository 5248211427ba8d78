"""Tables of address ranges: a look-up takes as long as an address has bits, however many ranges there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

_BLOCK = 16
"""nginx keeps ranges by the upper half of the address: one that reaches into several of these blocks is cut at their edges."""

Range = tuple[int, int, bytes]
"""The first and the last address, as integers, and the value."""


class AddressTable(Struct, frozen=True):
    """The value of each address. starts: where another value begins, in order.  values: those values; None for no value."""

    starts: tuple[int, ...] = ()
    values: tuple[bytes | None, ...] = ()

    def find(self, address: int) -> bytes | None:
        """The value of the narrowest range that contains the address; None if none does."""
        place = bisect_right(self.starts, address)
        return self.values[place - 1] if place else None


def address_table(ranges: Iterable[Range]) -> AddressTable:
    """The table of some ranges. Of two of them either one contains the other, or they have no address in common."""
    starts: dict[int, bytes | None] = {}
    around: list[Range] = []  # the ranges that contain the one looked at, the narrowest last
    for found in (*sorted(ranges, key=lambda found: (found[0], -found[1])), None):
        while around and (found is None or around[-1][1] < found[0]):
            _, last, _ = around.pop()
            starts[last + 1] = around[-1][2] if around else None
        if found is not None:
            starts[found[0]] = found[2]
            around.append(found)
    return AddressTable(tuple(starts), tuple(starts.values()))


class Overlaps(ValueError):
    """A new range has some, but not all of its addresses in common with another one. first, last: of that one."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(first, last)
        self.first = first
        self.last = last


class Ranges(Struct, eq=False):
    """Ranges while they are read, which nginx keeps block by block: in each they have no address in common."""

    _blocks: dict[int, list[Range]] = field(default_factory=dict)

    def add(self, first: int, last: int, value: bytes) -> Iterator[bytes]:
        """Add a range: it is cut out of one that contains it. Yields the old value for each block in which it is there already.

        Raises Overlaps.
        """
        for block, begin, end in _cut(first, last):
            ranges = self._blocks.setdefault(block, [])
            place = _place(ranges, end)
            known = ranges[place] if place >= 0 else None
            if known is None or known[1] < begin:
                ranges.insert(place + 1, (begin, end, value))
            elif known[:2] == (begin, end):
                ranges[place] = begin, end, value
                yield known[2]
            elif known[0] <= begin and end <= known[1]:
                pieces = ((known[0], begin - 1, known[2]), (begin, end, value), (end + 1, known[1], known[2]))
                ranges[place : place + 1] = [piece for piece in pieces if piece[0] <= piece[1]]
            else:
                raise Overlaps(known[0], known[1])

    def remove(self, first: int, last: int) -> bool:
        """Remove a range. False if it is not there in one of its blocks."""
        complete = True
        for block, begin, end in _cut(first, last):
            ranges = self._blocks.get(block, [])
            place = _place(ranges, end)
            if place >= 0 and ranges[place][:2] == (begin, end):
                del ranges[place]
            else:
                complete = False
        return complete

    def __iter__(self) -> Iterator[Range]:
        for ranges in self._blocks.values():
            yield from ranges


def _cut(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a range: the block, the first and the last address."""
    for block in range(first >> _BLOCK, (last >> _BLOCK) + 1):
        edge = block << _BLOCK
        yield block, max(first, edge), min(last, edge + (1 << _BLOCK) - 1)


def _place(ranges: list[Range], end: int) -> int:
    """The index of the last range that begins at or before `end`; -1 if none does."""
    return bisect_right(ranges, end, key=lambda found: found[0]) - 1
