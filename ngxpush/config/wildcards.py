"""Names with a wildcard at the beginning or the end, as in server_name, map with `hostnames` and valid_referers."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct, field

T = TypeVar("T")


class Wildcards(Struct, Generic[T], eq=False):
    """A table from names to values; all names in lower case.

    exact: `example.com`.  leading: `.example.com` for `*.example.com`.  trailing: `www.` for `www.*`.
    """

    exact: dict[bytes, T] = field(default_factory=dict)
    leading: dict[bytes, T] = field(default_factory=dict)
    trailing: dict[bytes, T] = field(default_factory=dict)

    def add(self, name: bytes, value: T) -> bool:
        """Add a name. False, without a change, if it is there already.  `.example.com` is `example.com` and `*.example.com`."""
        if name.startswith(b"*."):
            table, key = self.leading, name[1:]
        elif name.startswith(b"."):
            if name in self.leading or name[1:] in self.exact:
                self.exact.setdefault(name[1:], value)
                self.leading.setdefault(name, value)
                return False
            self.exact[name[1:]] = value
            table, key = self.leading, name
        elif name.endswith(b".*"):
            table, key = self.trailing, name[:-1]
        else:
            table, key = self.exact, name
        return table.setdefault(key, value) is value

    def find(self, name: bytes) -> T | None:
        """The value of the exact name, else of the longest leading wildcard, else of the longest trailing one, or None."""
        found = self.exact.get(name)
        if found is None and self.leading:
            found = self._longest_suffix(name)
        if found is None and self.trailing:
            found = self._longest_prefix(name)
        return found

    def _longest_suffix(self, name: bytes) -> T | None:
        dot = name.find(b".")
        while dot >= 0:
            found = self.leading.get(name[dot:])
            if found is not None:
                return found
            dot = name.find(b".", dot + 1)
        return None

    def _longest_prefix(self, name: bytes) -> T | None:
        dot = name.rfind(b".")
        while dot >= 0:
            found = self.trailing.get(name[: dot + 1])
            if found is not None:
                return found
            dot = name.rfind(b".", 0, dot)
        return None
