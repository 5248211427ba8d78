"""Comments that silence findings: `# ngxpush: ignore[PS101] reason`.

A comment at the end of a line silences the codes it names on that line; one on a line of its own, on the next line that holds a
directive. The reason is not optional: a comment without one silences nothing and is itself a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ..config.reader import tokens
from ..config.tree import Position
from .finding import Finding, Level

_MARK = b"ngxpush:"
_COMMENT = re.compile(rb"#\s*" + _MARK + rb"\s*(?P<rest>.*?)\s*$")
_IGNORE = re.compile(rb"ignore\[(?P<codes>[A-Za-z0-9,\s]+)\]\s*(?P<reason>.*)$")


class Suppressions(Struct, frozen=True):
    """The codes silenced, by file and line."""

    codes: dict[tuple[str, int], frozenset[str]]

    def keep(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that no comment silences. Errors can't be silenced: nginx does not start with them."""
        return [f for f in findings if f.level is Level.ERROR or f.code not in self._silenced(f.position)]

    def _silenced(self, position: Position) -> frozenset[str]:
        return self.codes.get((position.file, position.line), frozenset())


def read_suppressions(files: Mapping[str, bytes]) -> Suppressions:
    """What the comments of all files silence."""
    codes: dict[tuple[str, int], frozenset[str]] = {}
    for comment in _comments(files):
        ignored = _ignored(comment.rest)
        if ignored:
            place = (comment.position.file, comment.line_meant)
            codes[place] = codes.get(place, frozenset()) | ignored
    return Suppressions(codes)


def malformed_comments(files: Mapping[str, bytes]) -> Iterator[Position]:
    """Where comments for ngxpush stand that silence nothing."""
    for comment in _comments(files):
        if not _ignored(comment.rest):
            yield comment.position


class _Comment(Struct, frozen=True):
    """A comment for ngxpush. position: where it stands.  line_meant: the line it holds for.  rest: what follows `ngxpush:`."""

    position: Position
    line_meant: int
    rest: bytes


def _comments(files: Mapping[str, bytes]) -> Iterator[_Comment]:
    for name, content in files.items():
        if _MARK not in content:
            continue
        lines = content.split(b"\n")
        for token in tokens(content):
            found = _COMMENT.match(token.text) if token.comment else None
            if found is not None:
                index = content.count(b"\n", 0, token.start)
                column = token.start - content.rfind(b"\n", 0, token.start) - 1
                yield _Comment(Position(name, index + 1, column + 1), _line_meant(lines, index, column), found["rest"])


def _ignored(rest: bytes) -> frozenset[str]:
    """The codes a comment names; none where it gives no reason."""
    match = _IGNORE.match(rest)
    if match is None or not match["reason"].strip():
        return frozenset()
    return frozenset(code.strip() for code in match["codes"].decode().split(",") if code.strip())


def _line_meant(lines: list[bytes], index: int, column: int) -> int:
    if lines[index][:column].strip():
        return index + 1
    for following in range(index + 1, len(lines)):
        text = lines[following].strip()
        if text and not text.startswith(b"#"):
            return following + 1
    return index + 1
