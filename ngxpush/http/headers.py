"""The header lines of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


class Headers:
    """Header lines in the order they came, with a quick look-up by name.

    Names in `lines` are unchanged. Every look-up takes the name in lower case.
    get: returns the value of the first line of a name, or None. Each request asks many times, so it is the look-up itself.
    """

    __slots__ = ("_first", "get", "lines")

    def __init__(self, lines: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.lines: list[tuple[bytes, bytes]] = []
        self._first: dict[bytes, bytes] = {}
        self.get: Callable[[bytes], bytes | None] = self._first.get
        if lines:
            self.replace(lines)

    def add(self, name: bytes, value: bytes) -> None:
        self.lines.append((name, value))
        self._first.setdefault(name.lower(), value)

    def take(self, lines: Iterable[tuple[bytes, bytes]], values: Mapping[bytes, bytes]) -> None:
        """Have these lines, of which each has another name, while there are none. values: the same, by name in lower case."""
        self.lines += lines
        self._first.update(values)

    def replace(self, lines: Iterable[tuple[bytes, bytes]]) -> None:
        """Have these lines in place of all there are."""
        self.lines.clear()
        self._first.clear()
        for name, value in lines:
            self.add(name, value)

    def get_all(self, name: bytes) -> list[bytes]:
        """The values of all lines of that name, in order."""
        return [value for key, value in self.lines if key.lower() == name]

    def has_any(self, names: frozenset[bytes]) -> bool:
        """Whether there is a line of one of these names."""
        return not names.isdisjoint(self._first)

    def __contains__(self, name: bytes) -> bool:
        return name in self._first
