"""Which streams go first: the tree of priorities that a client describes (RFC 7540, 5.3), kept as nginx keeps it.

A stream goes before those that depend on it, and among others of its rank the one with the larger share goes first. Of streams
that have ended, and of numbers that were only named, the last 32 stay in the tree.
"""

from __future__ import annotations

from typing import Final

DEFAULT_WEIGHT: Final = 16
_MOST_CLOSED = 32


class Dependency:
    """The place of one stream. parent: None at the top, and before it has a place.

    rank: 1 at the top.  share: of the connection, more than 0 and at most 1.  is_open: the stream is served.
    """

    __slots__ = ("children", "is_open", "number", "parent", "rank", "share", "weight")

    def __init__(self, number: int) -> None:
        self.number = number
        self.weight = DEFAULT_WEIGHT
        self.parent: Dependency | None = None
        self.children: list[Dependency] = []
        self.rank = 0
        self.share = 0.0
        self.is_open = False

    @property
    def turn(self) -> tuple[int, float]:
        """Sorts streams: the first one goes first."""
        return self.rank, -self.share

    def update(self) -> None:
        """Take rank and share from the parent, and give them to all below."""
        places = [self]
        while places:
            place = places.pop()
            parent = place.parent
            assert parent is not None
            place.rank = parent.rank + 1
            place.share = parent.share / 256 * place.weight
            places += place.children


class Dependencies:
    """The tree of one connection."""

    __slots__ = ("_closed", "_places", "_root")

    def __init__(self) -> None:
        self._root = Dependency(0)
        self._root.share = 1.0
        self._places: dict[int, Dependency] = {}
        self._closed: dict[int, None] = {}

    def open(self, number: int, weight: int | None, depends_on: int, exclusive: bool) -> Dependency:
        """A stream begins. weight: None if its head says nothing of priority; what was said before then counts."""
        place = self._find(number)
        self._closed.pop(number, None)
        place.is_open = True
        if weight is not None or place.parent is None:
            place.weight = weight or DEFAULT_WEIGHT
            self._put(place, depends_on, exclusive)
        return place

    def change(self, number: int, weight: int, depends_on: int, exclusive: bool) -> None:
        """A frame of PRIORITY."""
        place = self._find(number)
        place.weight = weight
        if not place.is_open:
            self._keep(place)
        self._put(place, depends_on, exclusive)

    def end(self, place: Dependency) -> None:
        """A stream has ended."""
        place.is_open = False
        self._keep(place)

    def _keep(self, place: Dependency) -> None:
        """Keep a closed place; those that were named last stay longest."""
        self._closed.pop(place.number, None)
        self._closed[place.number] = None

    def _find(self, number: int) -> Dependency:
        place = self._places.get(number)
        if place is None:
            if len(self._closed) >= _MOST_CLOSED:
                self._forget(next(iter(self._closed)))
            place = self._places[number] = Dependency(number)
        return place

    def _forget(self, number: int) -> None:
        """Drop a closed place. Its children share its weight."""
        del self._closed[number]
        place = self._places.pop(number)
        parent = place.parent
        assert parent is not None
        parent.children.remove(place)
        weights = sum(child.weight for child in place.children)
        for child in place.children:
            child.parent = parent
            child.weight = max(1, place.weight * child.weight // weights)
            child.update()
        parent.children += place.children

    def _put(self, place: Dependency, depends_on: int, exclusive: bool) -> None:
        parent = self._places.get(depends_on) if depends_on else self._root
        if parent is None:
            parent, exclusive = self._root, False
        elif parent is not self._root:
            self._lift(parent, place)
            if not parent.is_open:
                self._keep(parent)
        if place.parent is not None:
            place.parent.children.remove(place)
        if exclusive:
            for child in parent.children:
                child.parent = place
            place.children += parent.children
            parent.children.clear()
        place.parent = parent
        parent.children.append(place)
        place.update()

    def _lift(self, parent: Dependency, place: Dependency) -> None:
        """A stream that is to depend on one below it: that one first takes its place."""
        above = parent.parent
        while above is not None and above is not place:
            above = above.parent
        if above is None:
            return
        assert parent.parent is not None
        assert place.parent is not None
        parent.parent.children.remove(parent)
        parent.parent = place.parent
        place.parent.children.append(parent)
        parent.update()
