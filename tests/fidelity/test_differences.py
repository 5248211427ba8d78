"""The table of differences says nothing that is no longer there. That the recordings in it differ: tests/conformance."""

from __future__ import annotations

from pathlib import Path

import pytest

from .differences import DIFFERENCES, PAGE, Difference, Kind, page, read

_ROOT = Path(__file__).parents[2]


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "make docs"


def test_what_shows_a_difference_is_there() -> None:
    recordings = [_ROOT / f"tests/conformance/recordings/{name}.json" for row in DIFFERENCES for name in row.recordings]
    tests = [_ROOT / name for row in DIFFERENCES for name in row.tests]
    assert [path for path in (*recordings, *tests) if not path.exists()] == []


def test_areas_stand_together_and_titles_differ() -> None:
    areas = [row.area for row in DIFFERENCES]
    assert areas == sorted(areas, key=areas.index)
    assert len({row.title for row in DIFFERENCES}) == len(DIFFERENCES)


def test_a_row() -> None:
    text = '[[difference]]\narea = "A"\ntitle = "T"\nnginx = """one\n  two"""\nngxpush = "three"\nkind = "race"\n'
    assert read(text) == (Difference("A", "T", "one two", "three", Kind.RACE),)


@pytest.mark.parametrize("wrong", ['kind = "taste"', 'kind = "race"\nwhom = "me"', 'kind = "race"'])
def test_a_row_that_is_wrong(wrong: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        read(f'[[difference]]\narea = "A"\ntitle = "T"\n{wrong}\n')
