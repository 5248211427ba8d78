"""PS902: a directive of a third-party module."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.modules import DIRECTIVES
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject
from ..verdict import missing_module


def check(subject: Subject) -> Iterator[Finding]:
    for diagnostic in subject.analysis.diagnostics:
        statement, module = diagnostic.statement, missing_module(diagnostic)
        if statement is not None and module is not None:
            name = statement.name.decode("utf-8", "replace")
            rows = DIRECTIVES.get(statement.name)
            consequence = f"nginx needs load_module modules/{rows[0].file};" if rows else "neither it nor its block is checked"
            yield RULE.finding(
                statement.start,
                f"{name} belongs to the third-party module {module}: {consequence}",
                "",
                len(statement.name),
            )


RULE = Rule(
    code="PS902",
    name="third-party-directive",
    level=Level.INFO,
    what="A directive of a module that is neither nginx's own nor the push stream module.",
    why="nginx refuses it unless that module is built in or loaded. `ngxpush run` emulates headers-more, set-misc and echo, and "
    "leaves the directives of all other modules out.",
    bad="""\
    location = /time {
      echo "now";
      return 204;
    }""",
    good="""\
    location = /time {
      return 204;
    }""",
    near_misses=(
        """\
    location = /time {
      add_header X-Echo "now";
      stub_status;
    }""",
    ),
    check=check,
)
