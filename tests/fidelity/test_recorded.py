"""What counts as equal, as known and as a failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from .agreement import Agreement
from .differences import Difference, Kind
from .recorded import recordings

_ROW = Difference("A", "T", "one", "two", Kind.CRASH, recordings=("area/topic/known",))
_RACE = replace(_ROW, kind=Kind.RACE)


def _agreements(directory: Path, row: Difference, different: Sequence[str]) -> list[Agreement]:
    for name in ("area/topic/known", "area/topic/other", "more/last"):
        path = directory / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return list(recordings(directory, (row,), lambda path: ["why"] if path.stem in different else []))


@pytest.mark.parametrize(
    ("row", "different", "found", "known"),
    [
        (_ROW, ["known"], (), 1),
        (_ROW, ["known", "other"], ("area/topic/other\nwhy",), 1),
        (_ROW, [], ("area/topic/known is equal, but stands in the table: T",), 0),
        (_RACE, ["known"], (), 1),
        (_RACE, [], (), 0),
    ],
)
def test_what_is_in_the_table_has_to_differ_and_nothing_else_may(
    tmp_path: Path, row: Difference, different: list[str], found: tuple[str, ...], known: int
) -> None:
    area, more = _agreements(tmp_path, row, different)
    assert (area.area, area.total, tuple(area.different), area.known) == ("recordings: area", 2, found, known)
    assert area.holds is not bool(found)
    assert (more.area, more.total, more.holds) == ("recordings: more", 1, True)


def test_what_is_equal_the_second_time_is_equal(tmp_path: Path) -> None:
    (tmp_path / "a.json").touch()
    reports = iter([["why"], []])
    (agreement,) = recordings(tmp_path, (), lambda path: next(reports))
    assert (agreement.area, agreement.holds) == (f"recordings: {tmp_path.name}", True)


def test_a_directory_without_recordings_is_a_failure(tmp_path: Path) -> None:
    (agreement,) = recordings(tmp_path / "none")
    assert not agreement.holds
