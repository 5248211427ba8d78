"""Comments that silence findings: `# ngxpush: ignore[PS101] reason`.

A comment at the end of a line silences the codes it names on that line; one on a line of its own, on the next line that holds a
directive. The reason is not optional: a comment without one silences nothing and is itself a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..config.tree import Position
from .finding import Finding, Level

MALFORMED = "PS001"

_COMMENT = re.compile(rb"(?:^|(?<=[\s;{}]))#\s*ngxpush:\s*(?P<rest>.*?)\s*$")
_IGNORE = re.compile(rb"ignore\[(?P<codes>[A-Z0-9,\s]+)\]\s*(?P<reason>.*)$")


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The codes silenced, by file and line, and what is wrong with the comments themselves."""

    codes: dict[tuple[str, int], frozenset[str]]
    findings: tuple[Finding, ...]

    def keep(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings no comment silences. Errors can't be silenced: nginx would not start."""
        return [f for f in findings if f.level is Level.ERROR or f.code not in self._silenced(f.position)]

    def _silenced(self, position: Position) -> frozenset[str]:
        return self.codes.get((position.file, position.line), frozenset())


def read_suppressions(files: Mapping[str, bytes]) -> Suppressions:
    """Read the comments of all files."""
    codes: dict[tuple[str, int], frozenset[str]] = {}
    findings: list[Finding] = []
    for name, content in files.items():
        lines = content.split(b"\n")
        for index, line in enumerate(lines):
            comment = _COMMENT.search(line)
            if comment is None:
                continue
            ignored = _IGNORE.match(comment["rest"])
            if ignored is None or not ignored["reason"].strip():
                findings.append(_malformed(Position(name, index + 1, comment.start() + 1)))
                continue
            place = (name, _line_meant(lines, index, comment.start()))
            listed = frozenset(code.strip() for code in ignored["codes"].decode().split(",") if code.strip())
            codes[place] = codes.get(place, frozenset()) | listed
    return Suppressions(codes, tuple(findings))


def _line_meant(lines: list[bytes], index: int, column: int) -> int:
    if lines[index][:column].strip():
        return index + 1
    for following in range(index + 1, len(lines)):
        text = lines[following].strip()
        if text and not text.startswith(b"#"):
            return following + 1
    return index + 1


def _malformed(position: Position) -> Finding:
    return Finding(
        MALFORMED,
        Level.WARNING,
        position,
        "this comment silences nothing",
        "An ignore comment needs the codes in brackets and a reason behind them, so that the next reader knows why.",
        "# ngxpush: ignore[PS101] the port is only reachable inside the cluster",
    )
