"""The files of a configuration as lines with numbers: some of them marked, the linter's findings below theirs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ..config.configuration import Http
from ..config.tree import Position, Statement
from ..explain.words import readable
from ..lint.finding import Finding

Lines = frozenset[tuple[str, int]]
"""Lines of files: name and number."""


class ShownPlace(Struct, frozen=True):
    """Where something is written. name: `FILE:LINE`.  anchor: the `id` of the line on the page."""

    name: str
    anchor: str


class ShownLine(Struct, frozen=True):
    """A line of a file. mark: `decided`, `used`, or empty."""

    number: int
    anchor: str
    text: str
    mark: str
    findings: tuple[Finding, ...]


class ShownFile(Struct, frozen=True):
    """A file. name: shortened, if it is below the configuration's directory.  unfolded: something in it is to be seen."""

    name: str
    lines: tuple[ShownLine, ...]
    unfolded: bool


class ShownFiles:
    """All files of a configuration, the main one first: names of files below its directory are shortened."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._numbers = {file: number for number, file in enumerate(files, 1)}
        self._inside = os.path.join(os.path.dirname(next(iter(files), "")), "")

    def place(self, position: Position) -> ShownPlace:
        number = self._numbers.get(position.file, 0)
        return ShownPlace(f"{self._name(position.file)}:{position.line}", f"file-{number}-line-{position.line}")

    def files(
        self, decided: Lines, used: Lines = frozenset(), findings: Iterable[Finding] = (), all: bool = True
    ) -> tuple[ShownFile, ...]:
        """The files in the order in which they were read; without `all` only those with marked lines."""
        marks = dict.fromkeys(used, "used") | dict.fromkeys(decided, "decided")
        by_line: dict[tuple[str, int], list[Finding]] = {}
        for finding in findings:
            by_line.setdefault((finding.position.file, finding.position.line), []).append(finding)
        shown = {file for file, _ in (*marks, *by_line)}
        return tuple([self._listed(file, marks, by_line, file in shown) for file in self._files if all or file in shown])

    def _listed(
        self, file: str, marks: Mapping[tuple[str, int], str], findings: Mapping[tuple[str, int], list[Finding]], unfolded: bool
    ) -> ShownFile:
        lines = []
        for number, text in enumerate(self._files[file].splitlines(), 1):
            key = file, number
            shown = readable(text.replace(b"\t", b"    "))
            anchor = f"file-{self._numbers[file]}-line-{number}"
            lines.append(ShownLine(number, anchor, shown, marks.get(key, ""), tuple(findings.get(key, ()))))
        return ShownFile(self._name(file), tuple(lines), unfolded)

    def _name(self, file: str) -> str:
        return readable(os.fsencode(file.removeprefix(self._inside)))


def block_ids(http: Http | None) -> frozenset[int]:
    """The `id` of each block's directive: those of the configuration before a reload are others."""
    return frozenset() if http is None else frozenset([id(block.statement) for block in http.blocks])


def lines_of(statements: Iterable[Statement]) -> Lines:
    """The lines on which these directives are written, without their blocks."""
    return frozenset(
        (statement.start.file, line)
        for statement in statements
        for line in range(statement.start.line, max(statement.start.line, statement.end.line) + 1)
    )
