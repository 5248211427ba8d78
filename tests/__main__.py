"""`make test`: all parts of the tests, one after the other, and what failed once more, alone. `python -m tests PART…`: some.

A part that fails keeps no other from being played. What fails while others run beside it may have had too little of the machine:
it is played again when nothing else runs, and that counts. The summary says which those are; a test that depends on the speed of
the machine has a mark that says why (`@pytest.mark.timed`). Exit code 1: something failed both times, or can't be played again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tests.outcomes import Outcomes, read

_PYTEST = (sys.executable, "-m", "pytest", "-p", "tests.outcomes")
# More failures than a busy machine makes: what then is left is not tried again.
_MOST_FAILURES = 10
# They use neither sockets nor sleeps.
_UNIT = ("tests/config", "tests/http", "tests/lint", "tests/push")
# They keep all processors busy by themselves.
_ALONE = ("tests/endurance", "tests/fuzz")
_UNMARKED = "it does not say that it depends on the speed of the machine"
_RECORDINGS = "tests/conformance"
_IN_REDIS = f"{_RECORDINGS}/test_in_redis.py"


class Part(Struct, frozen=True):
    """Some tests, as arguments of pytest; or a check, a command of which only the exit code is known."""

    name: str
    tests: tuple[str, ...] = ()
    check: tuple[str, ...] = ()


class Played(Struct, frozen=True):
    """A part that was played. broken: it ended with this exit code without saying which test failed."""

    part: Part
    outcomes: Outcomes
    seconds: float
    broken: int = 0


def parts(processes: int) -> list[Part]:
    """All of them. processes: how many tests run side by side; those of the core keep a processor busy and get one for each."""
    side_by_side = ("-n", str(processes), "--dist", "worksteal")
    others = [f"--ignore={directory}" for directory in (*_UNIT, *_ALONE, _RECORDINGS)]
    return [
        Part("lint", check=("make", "--no-print-directory", "lint")),
        Part("unit", tests=("-n", "auto", "--cov", "--cov-report=", *_UNIT)),
        Part("coverage", check=(sys.executable, "tests/core_coverage.py")),
        Part("servers", tests=(*side_by_side, "-rs", "tests", *others)),
        Part("load", tests=("-rs", *_ALONE)),
        Part("recordings", tests=(*side_by_side, "-rX", _RECORDINGS, f"--ignore={_IN_REDIS}")),
        Part("channels", tests=(*side_by_side, "-rX", _IN_REDIS)),
    ]


def play(part: Part, directory: Path) -> Played:
    """Run a part to its end. directory: for what it writes about its tests."""
    print(f"\n== {part.name}", flush=True)
    began = time.monotonic()
    if part.check:
        code, outcomes = subprocess.run(part.check).returncode, Outcomes()
    else:
        written = directory / f"{part.name}.json"
        code = subprocess.run([*_PYTEST, "--outcomes", str(written), *part.tests]).returncode
        outcomes = read(written)
    return Played(part, outcomes, time.monotonic() - began, 0 if outcomes.failed else code)


def play_again(failed: Sequence[str], directory: Path) -> set[str]:
    """Play tests that failed once more, one after the other. Returns those that fail again, or were not reached."""
    print(f"\n== again, alone: {len(failed)} that failed", flush=True)
    listed, written = directory / "failed", directory / "again.json"
    listed.write_text("".join(f"{test}\n" for test in failed), "utf-8")
    options = ("--outcomes", str(written), "-v", "--maxfail", str(_MOST_FAILURES))
    code = subprocess.run([*_PYTEST, *options, f"@{listed}"]).returncode
    outcomes = read(written)
    if code == 0:
        return set()
    return set(outcomes.failed) if code == 1 and len(outcomes.failed) < _MOST_FAILURES else set(failed)


def summary(played: Sequence[Played], failed_again: set[str]) -> Iterator[str]:
    """The lines at the end."""
    yield "\n== summary"
    for each in played:
        yield f"{each.part.name:12} {_result(each):50} {each.seconds:6.0f} s"
    failed = {test: why for each in played for test, why in each.outcomes.failed.items()}
    alone = {test: why for test, why in failed.items() if test not in failed_again}
    if alone:
        yield f"passed only when played alone: {len(alone)}"
        yield from (f"    {test}: {why or _UNMARKED}" for test, why in alone.items())
    if failed_again:
        yield f"failed: {len(failed_again)}"
        yield from (f"    {test}" for test in failed if test in failed_again)
    yield "FAILED" if is_bad(played, failed_again) else "passed"


def is_bad(played: Sequence[Played], failed_again: set[str]) -> bool:
    """Whether the exit code is 1."""
    return bool(failed_again) or any(each.broken for each in played)


def _result(played: Played) -> str:
    if played.part.check:
        return "failed" if played.broken else "passed"
    outcomes = played.outcomes
    counted = {"failed": len(outcomes.failed), "passed": outcomes.passed, "skipped": outcomes.skipped}
    words = [f"{count} {word}" for word, count in counted.items() if count or word == "passed"]
    return ", ".join(words) + (f"; ended with exit code {played.broken}" if played.broken else "")


def run(chosen: Sequence[Part]) -> int:
    """Play these parts. The exit code."""
    with tempfile.TemporaryDirectory(prefix="ngxpush-tests-") as directory:
        played = [play(part, Path(directory)) for part in chosen]
        failed = [test for each in played for test in each.outcomes.failed]
        failed_again = play_again(failed, Path(directory)) if failed else set()
    print("\n".join(summary(played, failed_again)), flush=True)
    return int(is_bad(played, failed_again))


def main() -> int:
    """The exit code."""
    names = [part.name for part in parts(1)]
    reader = argparse.ArgumentParser(prog="python -m tests", description="Play all parts of the tests, or some.")
    reader.add_argument("parts", nargs="*", metavar="PART", help=", ".join(names))
    reader.add_argument("--processes", type=int, default=os.cpu_count(), help="how many tests run side by side")
    options = reader.parse_args()
    if unknown := set(options.parts) - set(names):
        reader.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return run([part for part in parts(options.processes) if not options.parts or part.name in options.parts])


if __name__ == "__main__":
    sys.exit(main())
