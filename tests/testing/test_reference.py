"""docs/reference/testing.md says what the docstrings say."""

from __future__ import annotations

from pathlib import Path

from tests.testing.reference import page


def test_the_page_is_current() -> None:
    assert (Path(__file__).parents[2] / "docs" / "reference" / "testing.md").read_text() == page() + "\n", "run `make docs`"
