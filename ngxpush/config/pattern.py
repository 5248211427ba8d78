"""Regular expressions as nginx uses them: PCRE2 on bytes.

PCRE2 gives a search up that takes too many steps (a repetition in a repetition). For nginx that is not "no match": a location,
`if` and `rewrite` answer 500, a server_name closes the connection, a `map` gives its default, $invalid_referer is empty,
gzip_disable disables; only the rewriting of an upstream's answer goes on with its next rule. Each writes an alert.
Recordings: found-patterns/that-give-up, fuzz-requests/patterns-that-give-up.
"""

from __future__ import annotations

import re
from typing import Any

import pcre2
from msgspec import Struct

from .text import shown

# PCRE2's numbers of errors for which releases up to 10.42, which nginx 1.22 uses, give another place or text than newer ones.
_COLLATING_ELEMENT = 113
_NO_SUCH_GROUP = 115
_TOO_LARGE = 120
_LOOKBEHIND_OF_NO_LENGTH = 125
_UNKNOWN_POSIX_CLASS = 130
_INVALID_RANGE = 150
_SINGLE_BYTE_DISABLED = 185
_PLACED_AFTER = frozenset((107, 108, 109, 111, 122, 141, 144, 164))
"""A range out of order, a quantifier without an item, an unknown option …: newer releases point after it."""

# An escaped character, or a text in which nothing is one.
_ESCAPE = re.compile(rb"\\Q.*?(?:\\E|\Z)|\\.", re.DOTALL)

_ESCAPED_NUMBER = re.compile(rb"\\(\d+)\Z")


class InvalidPattern(ValueError):
    """A pattern that PCRE2 refuses. The message is nginx's: `pcre2_compile() failed: … in "PATTERN" at "REST"`."""


class PatternFailed(Exception):
    """PCRE2 has given a search up. message: for the error log, at level alert."""

    def __init__(self, message: bytes) -> None:
        super().__init__(message)
        self.message = message


class Match(Struct, frozen=True, eq=False):
    """A successful match: the text of group 0 (the whole match) and of each group; None for a group that took no part."""

    groups: tuple[bytes | None, ...]


class Pattern(Struct, frozen=True, eq=False):
    """A compiled pattern.

    groups: how many groups it has.  names: its named groups, in lower case as variables are, and their numbers, in the order in
    which nginx sets them.
    """

    text: bytes
    caseless: bool
    groups: int
    names: tuple[tuple[bytes, int], ...]
    compiled: Any

    @property
    def written_names(self) -> list[bytes]:
        """The names of its groups as they are written, in the same order."""
        return sorted(map(_name, self.compiled.groupindex))

    def search(self, subject: bytes) -> Match | None:
        """The first match of the pattern in `subject`; None if there is none. Raises PatternFailed."""
        try:
            found = self.compiled.search(subject)
        except pcre2.LibraryError as error:
            message = b'pcre2_match() failed: %d on "%b" using "%b"' % (error.code, subject, self.text)
            raise PatternFailed(message) from None
        return None if found is None else Match((found[0], *found.groups()))


def compile_pattern(text: bytes, caseless: bool = False) -> Pattern:
    """Compile `text`. Raises InvalidPattern."""
    try:
        compiled = _compiled(text, caseless)
    except pcre2.PatternError as error:
        raise InvalidPattern(_words(text, _reason(error), _position(text, error))) from None
    written = sorted((_name(name), number) for name, number in compiled.groupindex.items())
    names = tuple((name.lower(), number) for name, number in written)
    return Pattern(text, caseless, compiled.groups, names, compiled)


def _compiled(text: bytes, caseless: bool) -> Any:
    flags = pcre2.IGNORECASE if caseless else 0
    try:
        return pcre2.compile(text, flags)
    except pcre2.PatternError as error:
        if error.code != _SINGLE_BYTE_DISABLED:
            raise
        return _compiled(_ESCAPE.sub(_any_byte, text), caseless)
    except pcre2.LibraryError:  # too large for the just-in-time compiler
        return pcre2.compile(text, flags, jit=False)


def _any_byte(escape: re.Match[bytes]) -> bytes:
    """`\\C`, any byte, as a class: the package's PCRE2 is built without `\\C`."""
    return b"[\\x00-\\xff]" if escape[0] == b"\\C" else escape[0]


def _reason(error: Any) -> str:
    """PCRE2's own text, without the `compilation failed at position N; ` that the package puts before it."""
    if error.code == _LOOKBEHIND_OF_NO_LENGTH:
        return "lookbehind assertion is not fixed length"
    message: str = error.msg
    return message.split("; ", 1)[1] if message.startswith("compilation failed at position ") else message


def _position(text: bytes, error: Any) -> int:
    """The offset at which PCRE2 10.42 reports the error. For some errors newer releases point after the character instead."""
    position: int = error.pos
    if error.code == _TOO_LARGE:
        return len(text)
    if error.code in _PLACED_AFTER or (error.code == _INVALID_RANGE and text[:position].endswith(b"-")):
        return position - 1
    if error.code == _UNKNOWN_POSIX_CLASS:
        return text.rindex(b"[:", 0, position) + (3 if b"[:^" in text[:position] else 2)
    if error.code == _COLLATING_ELEMENT:
        return text.rindex(b"[", 0, position)
    number = _ESCAPED_NUMBER.search(text[:position]) if error.code == _NO_SUCH_GROUP else None
    return position if number is None else number.start(1)


def _words(text: bytes, reason: str, position: int) -> str:
    """nginx's line for a failed compilation."""
    if position >= len(text):
        return f'pcre2_compile() failed: {reason} in "{shown(text)}"'
    rest = shown(text[position:])
    return f'pcre2_compile() failed: {reason} in "{shown(text)}" at "{rest}"'


def _name(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
