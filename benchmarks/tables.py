"""Results as text."""

from __future__ import annotations

from .samples import Cell, Results


def text_tables(results: Results) -> str:
    """All figures, a line for each cell, with the medians of the rounds."""
    return "\n".join(_line(cell) for cell in results.all())


def _line(cell: Cell) -> str:
    where = ", ".join(f"{name} {value}" for name, value in cell.where.items())
    values = ", ".join(f"{name} {cell.median(name):.4g}" for name in cell.values)
    return f"{cell.figure:12}{cell.server:20}{where:60} {values}{'; '.join(dict.fromkeys(cell.failed))}"
