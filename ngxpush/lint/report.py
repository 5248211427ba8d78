"""The result of linting: findings in order, and whether everything could be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from .finding import Finding, Level
from .source import line_starts


class Report(Struct, frozen=True):
    """files: every file read, by name.  complete: False when a part could not be read, which may hold more to report."""

    findings: tuple[Finding, ...]
    files: Mapping[str, bytes]
    complete: bool = True

    def worst(self) -> Level | None:
        """The highest level among the findings."""
        return max((finding.level for finding in self.findings), default=None)

    def line(self, file: str, number: int) -> bytes | None:
        """A line, without its end; None when the file was not read or has no such line."""
        content = self.files.get(file, b"")
        starts = line_starts(content)
        if not 0 < number <= len(starts):
            return None
        end = starts[number] if number < len(starts) else len(content)
        return content[starts[number - 1] : end].rstrip(b"\r\n")

    def characters(self, finding: Finding) -> tuple[int, int]:
        """Where a finding begins and ends in its line, in characters from 1; the end is the one after the last."""
        line = self.line(finding.position.file, finding.position.line) or b""
        start = finding.position.column - 1
        before, marked = (_text(part) for part in (line[:start], line[start : start + finding.length]))
        return len(before) + 1, len(before) + 1 + max(1, len(marked))

    def renamed(self, name: Callable[[str], str]) -> Report:
        """The same with other names for the files. The edits keep the names of the files to write."""
        findings = (replace(found, position=replace(found.position, file=name(found.position.file))) for found in self.findings)
        return replace(self, findings=tuple(findings), files={name(file): content for file, content in self.files.items()})


def _text(part: bytes) -> str:
    return part.decode("utf-8", "replace")


def order(finding: Finding) -> tuple[str, int, int, int, str]:
    """The key findings are sorted by: place, then the worst first, then code."""
    place = finding.position
    return (place.file, place.line, place.column, -finding.level, finding.code)
