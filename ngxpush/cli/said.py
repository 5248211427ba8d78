"""What was said: a reload says only what is new."""

from __future__ import annotations

from .configuration import warn
from .output import say


class Said:
    """Prints each line once for as long as it holds."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._current: set[str] = set()

    def say(self, line: str) -> None:
        if self._is_new(line):
            say(line)

    def warn(self, text: str) -> None:
        """Print a warning: what is done in place of what the configuration asks for."""
        if self._is_new(text):
            warn(text)

    def complete(self) -> None:
        """All has been said of a configuration. What was not said of this one is new when it is said of a later one."""
        self._known, self._current = self._current, set()

    def _is_new(self, text: str) -> bool:
        is_new = text not in self._known and text not in self._current
        self._current.add(text)
        return is_new
