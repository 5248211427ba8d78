"""The reference page of the commands."""

from __future__ import annotations

from pathlib import Path

from ngxpush.cli.documentation import page

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"


def test_the_page_is_up_to_date() -> None:
    """`make docs` writes it."""
    assert page() == PAGE.read_text("utf-8")
