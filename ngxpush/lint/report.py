"""The result of linting: findings in order, and whether everything could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .finding import Finding, Level


@dataclass(frozen=True, slots=True)
class Report:
    """files: every file read, by name.  complete: False when a part could not be read, so silence proves nothing."""

    findings: tuple[Finding, ...]
    files: Mapping[str, bytes]
    complete: bool = True

    def worst(self) -> Level | None:
        """The highest level among the findings."""
        return max((finding.level for finding in self.findings), default=None)

    def line(self, file: str, number: int) -> str | None:
        """The text of a line, for excerpts; None when the file isn't known or has no such line."""
        lines = self.files.get(file, b"").split(b"\n")
        return lines[number - 1].rstrip(b"\r").decode("utf-8", "replace") if 0 < number <= len(lines) else None


def order(finding: Finding) -> tuple[str, int, int, str]:
    """The key findings are sorted by: place, then code."""
    return (finding.position.file, finding.position.line, finding.position.column, finding.code)
