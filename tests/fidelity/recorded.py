"""Recordings of the real server, played area by area."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from pathlib import Path

from tests.conformance.player import differences
from tests.forked import Forked

from .agreement import Agreement
from .differences import DIFFERENCES, Difference, Kind

# What is not equal, in words; nothing if it is.
Play = Callable[[Path], Sequence[str]]

_AT_ONCE = 6


def play(path: Path) -> Sequence[str]:
    """Play a recording against this ngxpush."""
    return differences(path, partial(Forked, "nginx"))


def recordings(directory: Path, table: Sequence[Difference] = DIFFERENCES, play: Play = play) -> Iterator[Agreement]:
    """Of each area: a directory of recordings in this one. Where there are no recordings, nothing was tried."""
    paths = sorted(directory.rglob("*.json"))
    if not paths:
        yield Agreement(f"recordings: {directory}", 0)
    rows = {name: row for row in table for name in row.recordings}
    for name, some in groupby(paths, lambda path: _area_of(path, directory)):
        yield _agreement(name, list(some), directory, rows, play)


def _area_of(path: Path, directory: Path) -> str:
    below = path.relative_to(directory).parts
    return below[0] if len(below) > 1 else directory.name


def _agreement(area: str, paths: Sequence[Path], directory: Path, rows: dict[str, Difference], play: Play) -> Agreement:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        first = list(threads.map(play, paths))
    # What differs may have been a matter of time: it is played again, alone.
    reports = {path: play(path) if report else report for path, report in zip(paths, first, strict=True)}
    known, different = 0, []
    for path, report in reports.items():
        name = path.relative_to(directory).with_suffix("").as_posix()
        row = rows.get(name)
        if report and row is None:
            different.append("\n".join([name, *report]))
        elif report:
            known += 1
        elif row is not None and row.kind is not Kind.RACE:
            different.append(f"{name} is equal, but stands in the table: {row.title}")
    return Agreement(f"recordings: {area}", len(paths), different, known)
