"""Results as text: lines for the terminal, tables for docs/how-it-works/performance.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .samples import Cell, Results, servers

Show = Callable[[Cell], str]
_MISSING = "–"


def text_tables(results: Results) -> str:
    """All figures, a line for each cell, with the medians of the rounds."""
    return "\n".join(_line(cell) for cell in results.all())


def _line(cell: Cell) -> str:
    where = ", ".join(f"{name} {value}" for name, value in cell.where.items())
    values = ", ".join(f"{name} {cell.median(name):.4g}" for name in cell.values)
    return f"{cell.figure:12}{cell.server:20}{where:60} {values or '; '.join(dict.fromkeys(cell.failed))}"


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    lines = [titles, ["---", *["--:"] * (len(titles) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def beside(cells: Sequence[Cell], rows: Sequence[tuple[str, Callable[[Cell], bool]]], show: Show, first: str = "") -> str:
    """A table with a column for each server. rows: what stands before each, and which cells belong to it."""
    names = servers(cells)
    return table(
        [first, *names],
        [[title, *(_of(cells, name, belongs, show) for name in names)] for title, belongs in rows],
    )


def _of(cells: Sequence[Cell], server: str, belongs: Callable[[Cell], bool], show: Show) -> str:
    found = next((cell for cell in cells if cell.server == server and belongs(cell)), None)
    if found is None or not found.values:
        return _MISSING
    return show(found)


def value(name: str, digits: int = 1, unit: str = "", scale: float = 1) -> Show:
    """Shows one median, divided by `scale`."""

    def show(cell: Cell) -> str:
        median = cell.median(name)
        return _MISSING if median is None else f"{median / scale:,.{digits}f}{unit}"

    return show


def with_own(cell: Cell) -> str:
    """The server's processor time, and the load generator's in parentheses."""
    return f"{value('server_us')(cell)} ({value('own_us')(cell)})"


def failures(cells: Sequence[Cell]) -> list[str]:
    """Why cells are empty: "who, where: why", the same reason once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if not cell.values:
            where = ", ".join(f"{name.replace('_', ' ')} {what}" for name, what in cell.where.items())
            for reason in dict.fromkeys(cell.failed):
                reasons.setdefault((cell.server, reason), []).append(where)
    return [f"{server}: {reason} ({'; '.join(places)})" for (server, reason), places in reasons.items()]
