"""For people: each finding with the line it is about, and a count at the end."""

from __future__ import annotations

from collections import Counter

from ..finding import Finding, Level
from ..report import Report

_LONGEST, _AROUND = 400, 150
"""The most characters of a line that are shown, and how many of them stand before what is underlined."""


def render_text(report: Report) -> str:
    blocks = [_block(report, finding) for finding in report.findings]
    blocks.append(_summary(report))
    return "\n".join(blocks)


def _block(report: Report, finding: Finding) -> str:
    place = finding.position
    lines = [f"{place.file}:{place.line}:{place.column}: {finding.level.word} {finding.code}: {finding.message}"]
    source = report.line(place.file, place.line)
    if source is not None:
        lines += _excerpt(source.decode("utf-8", "replace"), place.line, *report.characters(finding))
    if finding.why:
        lines.append(f"      why: {finding.why}")
    if finding.instead:
        first, *rest = finding.instead.splitlines()
        lines += [f"  instead: {first}", *(f"           {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def _excerpt(source: str, number: int, start: int, end: int) -> list[str]:
    """The line, and carets under its characters from `start` up to `end`. Of a very long line only what stands around those."""
    first = max(0, start - 1 - _AROUND) if len(source) > _LONGEST else 0
    shown = source[first : first + _LONGEST]
    cut = "…" if first else ""
    rest = "…" if first + _LONGEST < len(source) else ""
    gutter = f"{number:>5} | "
    before = "".join("\t" if character == "\t" else " " for character in cut + shown[: start - 1 - first])
    carets = "^" * min(end - start, _LONGEST)
    return [f"{gutter}{cut}{shown}{rest}", f"{' ' * (len(gutter) - 2)}| {before}{carets}"]


def _summary(report: Report) -> str:
    counts = Counter(finding.level for finding in report.findings)
    words = [
        f"{counts[level]} {level.word}{'s' if counts[level] != 1 and level is not Level.INFO else ''}"
        for level in sorted(Level, reverse=True)
        if counts[level]
    ]
    files = f"{len(report.files)} file{'s' if len(report.files) != 1 else ''}"
    if not report.complete:
        return f"{', '.join(words) or 'Nothing found'} in what could be read; a part could not be read.\n"
    if not words:
        return f"No issues in {files}.\n"
    return f"{', '.join(words)} in {files}.\n"
