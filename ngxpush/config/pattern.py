"""Regular expressions as nginx has them: PCRE2 on bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pcre2


class InvalidPattern(ValueError):
    """A pattern PCRE2 refuses. The words are nginx's: `pcre2_compile() failed: … in "PATTERN" at "REST"`."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A successful match: the subject and, for group 0 and each group of the pattern, its text (None: took no part)."""

    groups: tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A compiled pattern. `names`: its named groups and their numbers, in the order nginx sets them as variables."""

    text: bytes
    caseless: bool
    names: tuple[tuple[bytes, int], ...]
    compiled: Any

    def search(self, subject: bytes) -> Match | None:
        """The first match of the pattern in `subject`, or None."""
        raise NotImplementedError


def compile_pattern(text: bytes, caseless: bool = False) -> Pattern:
    """Compile `text`; raises InvalidPattern."""
    raise NotImplementedError
