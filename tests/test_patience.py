"""tests/patience.py, and that no other bound stands in a test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import patience
from tests.patience import wait_until

_TESTS = Path(__file__).parent
# Calls whose last argument is a number of seconds, by the name of what is called.
_WAITING = ("asyncio.timeout", "asyncio.wait_for", "process.wait", "communicate", "settimeout")


def _bounds(tree: ast.AST) -> Iterator[ast.expr]:
    """What stands where a call says how long it waits."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            yield from (keyword.value for keyword in call.keywords if keyword.arg == "timeout")
            if call.args and ast.unparse(call.func).endswith(_WAITING):
                yield call.args[-1]


def test_a_test_waits_until_it_hangs() -> None:
    """A number of seconds calls a busy machine an error. Less than one is what a test is about, not what it waits for."""
    short = [
        f"{path.relative_to(_TESTS)}:{bound.lineno}: {bound.value}"
        for path in sorted(_TESTS.rglob("*.py"))
        for bound in _bounds(ast.parse(path.read_text("utf-8")))
        if isinstance(bound, ast.Constant) and isinstance(bound.value, int | float) and bound.value >= 1
    ]
    assert not short, "use PATIENCE of tests/patience.py"


def test_what_does_not_happen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.0)
    with pytest.raises(AssertionError, match=r"after 0 s: 3 of 4"):
        wait_until(lambda: False, lambda: "3 of 4")
    wait_until(lambda: True)
