"""The header lines of a request."""

from __future__ import annotations

from collections.abc import Iterable


class Headers:
    """Header lines in the order they came, with a quick look-up by name.

    Names in `lines` are unchanged. Every look-up takes the name in lower case.
    """

    __slots__ = ("_first", "lines")

    def __init__(self, lines: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.lines: list[tuple[bytes, bytes]] = []
        self._first: dict[bytes, bytes] = {}
        if lines:
            self.replace(lines)

    def add(self, name: bytes, value: bytes) -> None:
        self.lines.append((name, value))
        self._first.setdefault(name.lower(), value)

    def take(self, lines: list[tuple[bytes, bytes]], values: dict[bytes, bytes]) -> None:
        """Have these lines, of which each has another name. values: the same, by name in lower case."""
        self.lines, self._first = lines, values

    def replace(self, lines: Iterable[tuple[bytes, bytes]]) -> None:
        """Have these lines in place of all there are."""
        self.lines.clear()
        self._first.clear()
        for name, value in lines:
            self.add(name, value)

    def get(self, name: bytes) -> bytes | None:
        """The value of the first line of that name."""
        return self._first.get(name)

    def get_all(self, name: bytes) -> list[bytes]:
        """The values of all lines of that name, in order."""
        return [value for key, value in self.lines if key.lower() == name]

    def has_any(self, names: frozenset[bytes]) -> bool:
        """Whether there is a line of one of these names."""
        return not names.isdisjoint(self._first)

    def __contains__(self, name: bytes) -> bool:
        return name in self._first
