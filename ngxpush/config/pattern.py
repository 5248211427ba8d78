"""Regular expressions as nginx has them: PCRE2 on bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pcre2

from .text import shown

_UNMATCHED_PARENTHESIS = 122


class InvalidPattern(ValueError):
    """A pattern PCRE2 refuses. The words are nginx's: `pcre2_compile() failed: … in "PATTERN" at "REST"`."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A successful match: for group 0 (the whole match) and each group of the pattern, its text (None: took no part)."""

    groups: tuple[bytes | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A compiled pattern.

    groups: how many groups it has.  names: its named groups and their numbers, in the order nginx sets them as variables.
    """

    text: bytes
    caseless: bool
    groups: int
    names: tuple[tuple[bytes, int], ...]
    compiled: Any

    def search(self, subject: bytes) -> Match | None:
        """The first match of the pattern in `subject`, or None; None, too, where PCRE2 gives up (its match limit)."""
        try:
            found = self.compiled.search(subject)
        except pcre2.LibraryError:
            return None
        return None if found is None else Match((found[0], *found.groups()))


def compile_pattern(text: bytes, caseless: bool = False) -> Pattern:
    """Compile `text`; raises InvalidPattern."""
    try:
        compiled = pcre2.compile(text, pcre2.IGNORECASE if caseless else 0)
    except pcre2.PatternError as error:
        # nginx's PCRE2 points at a parenthesis that opens nothing, newer ones behind it.
        position = error.pos - 1 if error.code == _UNMATCHED_PARENTHESIS else error.pos
        raise InvalidPattern(_words(text, error.msg, position)) from None
    names = tuple(sorted((_name(name), number) for name, number in compiled.groupindex.items()))
    return Pattern(text, caseless, compiled.groups, names, compiled)


def _words(text: bytes, message: str, position: int) -> str:
    """nginx's line for a failed compilation; the package puts `compilation failed at position N; ` before PCRE2's own words."""
    reason = message.split("; ", 1)[1] if message.startswith("compilation failed at position ") else message
    if position >= len(text):
        return f'pcre2_compile() failed: {reason} in "{shown(text)}"'
    rest = shown(text[position:])
    return f'pcre2_compile() failed: {reason} in "{shown(text)}" at "{rest}"'


def _name(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
