"""PS901: a directive without effect in ngxpush."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.columns import Support
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    reported: set[str] = set()
    for scope in subject.scopes():
        for setting in scope.settings:
            row = setting.directive
            if row.emulation.support is Support.UNSUPPORTED and row.emulation.reason not in reported:
                reported.add(row.emulation.reason)
                message = f"ngxpush does not emulate {row.name}: {row.emulation.reason}"
                yield RULE.finding(setting.statement.start, message, length=len(setting.statement.name))


RULE = Rule(
    code="PS901",
    name="not-emulated",
    level=Level.INFO,
    what="A directive that has an effect in nginx but not in ngxpush; of several with the same reason the first is reported.",
    why="What was tested with ngxpush may work differently with nginx. docs/reference/differences.md lists all differences.",
    bad="""\
    ssl_stapling_verify on;
    location / {
      return 204;
    }""",
    good="""\
    location / {
      return 204;
    }""",
    near_misses=(
        """\
    tcp_nodelay on;
    location / {
      return 204;
    }""",
    ),
    references=("docs/reference/differences.md",),
    check=check,
)
