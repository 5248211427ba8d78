"""The lines of `make fidelity`."""

from __future__ import annotations

import pytest

from .agreement import Agreement, summary


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (Agreement("A", 4), "A 4 of 4 100.00 %"),
        (Agreement("A", 4, ("x",), known=1), "A 2 of 4 50.00 % 1 known FAILED"),
        (Agreement("A", 4, ("x",), accepted=1), "A 3 of 4 75.00 %"),
        (Agreement("A", 0), "A 0 of 0 nothing to try FAILED"),
    ],
)
def test_a_line(agreement: Agreement, words: str) -> None:
    assert str(agreement).split() == words.split()


def test_the_summary_names_what_failed_and_what_differs() -> None:
    lines = summary([Agreement("A", 3, ("x",)), Agreement("B", 1), Agreement("C", 0)]).split("\n")
    assert lines[0].split() == ["all", "3", "of", "4", "75.00", "%"]
    assert lines[1:] == ["FAILED: A, C", "", "A: x"]
    assert summary([Agreement("A", 3)]).split("\n")[1:] == ["Nothing differs but what docs/reference/differences.md names."]
