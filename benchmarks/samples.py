"""What is measured, and the file it is kept in.

A file is JSON: {"about": {…}, "cells": [{"figure": "fan-out", "server": "nchan", "where": {"mode": "eventsource", …},
"values": {"server_us": [4.1, 4.0, 4.3], …}, "failed": ["why"]}, …]}. Each list has a number for each round. Names end in their
unit: _us, _ms, _s, _bytes, per_s; the others are counts.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Where = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: of which figure and whose, under what circumstances (`where`), and what came out, by name."""

    figure: str
    server: str
    where: dict[str, str | int]
    values: dict[str, float] = field(default_factory=dict)
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """All measurements of the same."""

    figure: str
    server: str
    where: dict[str, str | int]
    values: dict[str, list[float]]
    failed: list[str]

    def median(self, name: str) -> float | None:
        """The median over the rounds; None where nothing was measured."""
        return statistics.median(self.values[name]) if name in self.values else None


class Results:
    """The cells of a run."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.about = about
        self._cells: dict[tuple[str, str, Where], Cell] = {}

    def add(self, sample: Sample) -> None:
        """Put a measurement to those of the same cell."""
        cell = self._cells.setdefault(
            _key(sample.figure, sample.server, sample.where), Cell(sample.figure, sample.server, sample.where, {}, [])
        )
        for name, value in sample.values.items():
            cell.values.setdefault(name, []).append(value)
        if sample.failed:
            cell.failed.append(sample.failed)

    def cells(self, figure: str) -> Iterator[Cell]:
        """Those of a figure, in the order in which they were measured first."""
        return (cell for cell in self._cells.values() if cell.figure == figure)

    def all(self) -> Iterator[Cell]:
        """All cells."""
        return iter(self._cells.values())

    def cell(self, figure: str, server: str, **where: str | int) -> Cell | None:
        """One of them, if it was measured."""
        return self._cells.get(_key(figure, server, where))

    def replace(self, other: Results) -> None:
        """Take what another run has measured, in place of the same here."""
        self._cells |= other._cells
        versions = self.about.get("versions", {}) | other.about.get("versions", {})
        self.about |= other.about | {"versions": versions}

    def write(self, path: Path) -> None:
        """Write the file, a cell on each line."""
        cells = ",\n".join(
            json.dumps(
                {
                    "figure": cell.figure,
                    "server": cell.server,
                    "where": cell.where,
                    "values": {name: [float(f"{value:.4g}") for value in values] for name, values in cell.values.items()},
                    "failed": cell.failed,
                }
            )
            for cell in self._cells.values()
        )
        path.write_text(f'{{"about": {json.dumps(self.about, indent=1)},\n"cells": [\n{cells}\n]}}\n')


def read(path: Path) -> Results:
    """The results in a file."""
    document = json.loads(path.read_text())
    results = Results(document["about"])
    results._cells = {_key(cell["figure"], cell["server"], cell["where"]): Cell(**cell) for cell in document["cells"]}
    return results


def _key(figure: str, server: str, where: dict[str, str | int]) -> tuple[str, str, Where]:
    return figure, server, tuple(sorted(where.items()))


def servers(cells: Iterable[Cell]) -> list[str]:
    """Whose cells these are, each once, in order."""
    return list(dict.fromkeys(cell.server for cell in cells))
