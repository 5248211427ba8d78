"""The scripts beside the command still run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["benchmarks.calls", "--requests", "2"], "a publish to one eventsource subscriber"),
        (["benchmarks.calls", "--requests", "2", "--console"], "a publish to 100 eventsource subscribers"),
        (["benchmarks.turns", "--channels", "200", "--messages", "2"], "messages and channels end"),
    ],
)
def test_in_their_smallest_form(arguments: list[str], printed: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert printed in done.stdout
