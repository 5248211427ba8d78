"""What a rule is: its documentation, examples that are tests, and a function that looks at a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from ..config.tree import Position, Statement
from .finding import Edit, Finding, Level
from .source import argument_place
from .subject import Subject


class Rule(Struct, frozen=True):
    """One rule; each stands alone in a file of `lint.rules` as `RULE`.

    code: stable, `PS` and three digits: 0xx spelling, 1xx security, 2xx channels and captures, 3xx messages and templates,
      4xx connections and timeouts, 5xx sizes and limits, 6xx headers, 9xx what ngxpush itself does not do.
    name: what it looks for, in kebab-case.  what: one sentence.  why: what goes wrong.
    bad: a whole configuration that triggers the rule.  good: the same, put right.
    near_misses: similar configurations, which must not trigger it.
    references: pages of nginx's or the module's documentation, RFCs, or sections of docs/.
    check: yields the findings; it sees only configurations nginx accepts in the parts it looks at.
    """

    code: str
    name: str
    level: Level
    what: str
    why: str
    bad: str
    good: str
    check: Callable[[Subject], Iterable[Finding]]
    near_misses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def finding(
        self, position: Position, message: str, instead: str = "", length: int = 1, edits: tuple[Edit, ...] = ()
    ) -> Finding:
        """A finding of this rule. message: what is wrong at `position`; for the rest see Finding."""
        return Finding(self.code, self.level, position, message, self.why, instead, length, edits)

    def finding_at_argument(self, subject: Subject, statement: Statement, index: int, message: str, instead: str) -> Finding:
        """A finding of this rule about one argument of a directive (0: the first), which is underlined."""
        position, length = argument_place(subject.analysis, statement, index)
        return self.finding(position, message, instead, length)
