"""The reference page of all directives."""

from __future__ import annotations

from pathlib import Path

from ngxpush.config.documentation import page
from ngxpush.config.modules import MODULES

PAGE = Path(__file__).parents[2] / "docs/reference/directives.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "the table has changed: run `make docs`"


def test_every_directive_is_there_once_for_each_row() -> None:
    text = page()
    for module in MODULES:
        for row in module.directives:
            same = [other for each in MODULES for other in each.directives if other.name == row.name]
            assert text.count(f"| `{row.name}`<br>") == len(same)


def test_rows() -> None:
    lines = page().splitlines()
    assert "| `push_stream_message_ttl`<br>How long a stored message is kept. | time | http | `1800s` |  |" in lines
    root = (
        "| `root`<br>The directory that files are looked for in. | path (complex value) | http, server, location, if in location"
    )
    assert f"{root} | `html` |  |" in lines
    assert "| `daemon`<br>Whether nginx runs in the background. | `on` or `off` | main | `on` |  |" in lines
    timeout = "How long an idle connection is kept, and the time the Keep-Alive header names."
    arguments = "1 to 2: time, and time of the header"
    assert f"| `keepalive_timeout`<br>{timeout} | {arguments} | http, server, location | `75s` |  |" in lines
    assert {line.split(" | ")[1] for line in lines if line.startswith("| `map`<")} == {
        "2: complex value and variable and a block of lines"
    }
