"""`python -m tests`: every part is played, what failed is played again, and one summary says all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TESTS = """
import pathlib
import pytest

first = not pathlib.Path(__file__).with_name("was-here").exists()

@pytest.fixture(scope="session", autouse=True)
def leave():
    yield
    pathlib.Path(__file__).with_name("was-here").touch()

@pytest.mark.timed("it takes a moment")
def test_slow(): assert not first

@pytest.mark.parametrize("text", ["a b", "[x]"])
def test_fast(text): assert not first

def test_wrong(): assert WRONG

def test_right(): pass

def test_left_out(): pytest.skip("no need")
"""
_PROGRAM = """
import sys
from tests.__main__ import Part, run
sys.exit(run([Part("check", check=(sys.argv[1],)), *(Part(word, tests=(word,)) for word in sys.argv[2:])]))
"""


def _run(directory: Path, check: str, *files: str) -> tuple[int, list[str]]:
    """The exit code, and the summary without the times."""
    (directory / "pytest.ini").write_text("[pytest]\naddopts = -q -n1 -p no:hypothesispytest\nmarkers = timed\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", _PROGRAM, check, *files]
    done = subprocess.run(words, cwd=directory, env=environment, capture_output=True, text=True)
    _, _, end = done.stdout.partition("== summary\n")
    return done.returncode, [re.sub(r" +\d+ s$", "", line) for line in end.splitlines()]


def test_what_passes_alone_passes(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(_TESTS.replace("WRONG", "True"))
    code, said = _run(tmp_path, "true", "test_one.py")
    assert (code, said) == (
        0,
        [
            "check        passed",
            "test_one.py  3 failed, 2 passed, 1 skipped",
            "passed only when played alone: 3",
            "    test_one.py::test_slow: it takes a moment",
            "    test_one.py::test_fast[a b]: it does not say that it depends on the speed of the machine",
            "    test_one.py::test_fast[[x]]: it does not say that it depends on the speed of the machine",
            "passed",
        ],
    )


def test_what_fails_again_fails_and_keeps_nothing_from_being_played(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(_TESTS.replace("WRONG", "False"))
    (tmp_path / "test_two.py").write_text("(")
    code, said = _run(tmp_path, "false", "test_none.py", "test_two.py", "test_one.py")
    assert code == 1
    assert said[1].startswith("test_none.py 0 passed; ended with exit code ")
    assert [said[0], *said[2:5]] == [
        "check        failed",
        "test_two.py  1 failed, 0 passed",
        "test_one.py  4 failed, 1 passed, 1 skipped",
        "passed only when played alone: 3",
    ]
    assert said[-4:] == ["failed: 2", "    test_two.py", "    test_one.py::test_wrong", "FAILED"]
