"""What was said: a reload says only what is new."""

from __future__ import annotations

from .configuration import warn
from .output import say


class Said:
    """Prints each line once."""

    def __init__(self) -> None:
        self._lines: set[str] = set()

    def say(self, line: str) -> None:
        if self._is_new(line):
            say(line)

    def warn(self, text: str) -> None:
        """Print a warning: what is done in place of what the configuration asks for."""
        if self._is_new(text):
            warn(text)

    def _is_new(self, text: str) -> bool:
        is_new = text not in self._lines
        self._lines.add(text)
        return is_new
