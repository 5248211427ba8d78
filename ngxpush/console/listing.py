"""The files of a configuration as lines with numbers: some of them marked, the linter's findings below theirs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ..config.tree import Position, Statement
from ..explain.words import readable
from ..lint.finding import Finding

Lines = frozenset[tuple[str, int]]
"""Lines of files: name and number."""


class Place(Struct, frozen=True):
    """Where something is written. name: `FILE:LINE`.  anchor: the `id` of the line on the page."""

    name: str
    anchor: str


class ListedLine(Struct, frozen=True):
    """A line of a file."""

    number: int
    anchor: str
    text: str
    marked: bool
    findings: tuple[Finding, ...]


class ListedFile(Struct, frozen=True):
    """A file. name: shortened, if it is below the configuration's directory."""

    name: str
    lines: tuple[ListedLine, ...]


class Listing:
    """All files of a configuration. directory: names of files below it are shortened."""

    def __init__(self, files: Mapping[str, bytes], directory: str) -> None:
        self._files = files
        self._numbers = {file: number for number, file in enumerate(files, 1)}
        self._inside = os.path.join(directory, "")

    def place(self, position: Position) -> Place:
        number = self._numbers.get(position.file, 0)
        return Place(f"{self._name(position.file)}:{position.line}", f"file-{number}-line-{position.line}")

    def files(self, marked: Lines = frozenset(), findings: Iterable[Finding] = (), all: bool = True) -> tuple[ListedFile, ...]:
        """The files in the order in which they were read; without `all` only those with marked lines."""
        by_line: dict[tuple[str, int], list[Finding]] = {}
        for finding in findings:
            by_line.setdefault((finding.position.file, finding.position.line), []).append(finding)
        wanted = self._files if all else {file for file, _ in marked}
        return tuple([self._listed(file, marked, by_line) for file in self._files if file in wanted])

    def _listed(self, file: str, marked: Lines, findings: Mapping[tuple[str, int], list[Finding]]) -> ListedFile:
        lines = []
        for number, text in enumerate(self._files[file].splitlines(), 1):
            key = file, number
            shown = readable(text.replace(b"\t", b"    "))
            anchor = f"file-{self._numbers[file]}-line-{number}"
            lines.append(ListedLine(number, anchor, shown, key in marked, tuple(findings.get(key, ()))))
        return ListedFile(self._name(file), tuple(lines))

    def _name(self, file: str) -> str:
        return readable(os.fsencode(file.removeprefix(self._inside)))


def lines_of(statements: Iterable[Statement]) -> Lines:
    """The lines on which these directives are written, without their blocks."""
    return frozenset(
        (statement.start.file, line)
        for statement in statements
        for line in range(statement.start.line, max(statement.start.line, statement.end.line) + 1)
    )
