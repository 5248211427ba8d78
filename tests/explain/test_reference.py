"""The reference page of all directives."""

from __future__ import annotations

from pathlib import Path

from ngxpush.config.modules import MODULES
from ngxpush.explain.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "directives.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == reference(), "the table has changed: run `make docs`"


def test_every_directive_is_there_once_for_each_row() -> None:
    page = reference()
    for module in MODULES:
        for row in module.directives:
            same = [other for each in MODULES for other in each.directives if other.name == row.name]
            assert page.count(f"| `{row.name}`<br>") == len(same)


def test_rows() -> None:
    lines = reference().splitlines()
    assert "| `push_stream_message_ttl`<br>How long a stored message is kept. | time | http | `1800s` |  |" in lines
    assert (
        "| `root`<br>The folder of files. | path (complex value) | http, server, location, if in location | `html` |  |" in lines
    )
    daemon = "| `daemon`<br>Whether nginx goes into the background. | `on` or `off` | main | `on` |  |"
    assert daemon in lines
