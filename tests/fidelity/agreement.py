"""How much of one area is equal to the real server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was tried in an area, and what came of it.

    total: how many were tried.  different: those that are not as they should be, in words.  known: how many differ and stand in
    the table of differences.  accepted: how many may be different (a matter of time, which docs/reference/differences.md names).
    """

    area: str
    total: int
    different: Sequence[str] = ()
    known: int = 0
    accepted: int = 0

    @property
    def holds(self) -> bool:
        """Whether this is as it should be. Where nothing was tried, nothing is known."""
        return self.total > 0 and len(self.different) <= self.accepted

    def __str__(self) -> str:
        equal = self.total - len(self.different) - self.known
        share = f"{100 * equal / self.total:6.2f} %" if self.total else "nothing to try"
        known = f"  {self.known} known" if self.known else ""
        wrong = "" if self.holds else "  FAILED"
        return f"{self.area:<42}{equal:>7} of {self.total:>6}  {share}{known}{wrong}"


def summary(agreements: Sequence[Agreement]) -> str:
    """All areas in one line, then which of them failed, and all that is different."""
    total, known = sum(each.total for each in agreements), sum(each.known for each in agreements)
    different = [f"{each.area}: {text}" for each in agreements for text in each.different]
    lines = [str(Agreement("all", total, different, known, accepted=len(different)))]
    failed = [each.area for each in agreements if not each.holds]
    lines.append(f"FAILED: {', '.join(failed)}" if failed else "Nothing differs but what docs/reference/differences.md names.")
    return "\n".join([*lines, *(f"\n{text}" for text in different)])
