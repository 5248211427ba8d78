"""The table of what ngxpush does differently, differences.toml: `python -m tests.fidelity.differences` prints
docs/reference/differences.md.

A recording that is not equal has to stand in the table, and one that stands in it has to differ (tests/conformance); what the
program itself reports as not served comes from the table of directives. So the page can't say what is no longer true.
"""

from __future__ import annotations

import enum
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ngxpush.config.columns import Support
from ngxpush.config.modules import MODULES

TABLE = Path(__file__).with_name("differences.toml")
PAGE = Path(__file__).parents[2] / "docs/reference/differences.md"
_WIDTH = 130
# Names of directives of one module; of those with more of them only the first.
_MOST = 8


class Kind(enum.Enum):
    """Why a difference may stay, in words for users."""

    CRASH = "the real server crashes or hangs"
    GARBAGE = "the real server shows what happens to lie in its memory"
    FAULT = "no one can rely on it, and whoever meets it searches long"
    RACE = "a race: the real server does not do it each time"
    DANGER = "dangerous for the machine that runs it"
    MACHINE = "about processes, memory or files of a machine, which are others here"
    MISSING = "not built yet"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row; differences.toml explains the fields."""

    area: str
    title: str
    nginx: str
    ngxpush: str
    kind: Kind
    why: str = ""
    recordings: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


def read(text: str) -> tuple[Difference, ...]:
    """The rows of the table. TypeError and KeyError: a field is missing or unknown."""
    return tuple(_row(fields) for fields in tomllib.loads(text)["difference"])


def _row(fields: dict[str, Any]) -> Difference:
    lists = {name: tuple(fields.pop(name, ())) for name in ("recordings", "tests")}
    kind = Kind[fields.pop("kind").upper()]
    return Difference(kind=kind, **lists, **{name: " ".join(text.split()) for name, text in fields.items()})


DIFFERENCES = read(TABLE.read_text("utf-8"))

_HEAD = """\
# What ngxpush does differently

ngxpush aims at nginx 1.22.1 with the push stream module, byte for byte, faults included. This page lists where it differs, and
why. It is generated from `tests/fidelity/differences.toml` and the table of directives (`make docs`); the tests fail when it is
no longer true. `make fidelity` says how much is equal.
"""


def page() -> str:
    """docs/reference/differences.md as a whole."""
    parts = [_HEAD]
    for area, rows in groupby(DIFFERENCES, key=lambda row: row.area):
        parts.append(f"## {area}\n")
        parts += [_section(row) for row in rows]
    return "\n".join([*parts, *_directives()]) + "\n"


def _section(row: Difference) -> str:
    reason = f"Reason: {row.kind.value}." + (f" {row.why}" if row.why else "")
    shown = ", ".join(f"`{name}`" for name in (*(f"{name}.json" for name in row.recordings), *row.tests))
    paragraphs = (f"*nginx:* {row.nginx}", f"*ngxpush:* {row.ngxpush}", reason + (f" Shown by {shown}." if shown else ""))
    return f"### {row.title}\n\n" + "\n\n".join(_filled(paragraph) for paragraph in paragraphs) + "\n"


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _directives() -> Iterator[str]:
    yield "## Directives that are not honoured\n"
    yield _filled(
        "These are checked as nginx checks them, and have no effect where nginx would behave differently. `ngxpush run` and "
        "`ngxpush lint` report each use, and [directives.md](directives.md) lists them all."
    )
    yield ""
    for module in MODULES:
        names = [f"`{row.name}`" for row in module.directives if row.emulation.support is Support.UNSUPPORTED]
        if names:
            more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
            yield _filled(f"- {module.name}: {', '.join(names[:_MOST])}{more}")


if __name__ == "__main__":
    print(page(), end="")
