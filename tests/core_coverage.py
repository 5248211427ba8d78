"""Prints how much of each package of the core the unit tests ran (`make unit`). Exit code 1: one of them has too little."""

from __future__ import annotations

import collections
import json
import sys
import tempfile
from pathlib import Path

import coverage

# Per cent of a package's lines.
ENOUGH = 95


def main() -> int:
    """The exit code."""
    packages: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    missing: dict[str, list[tuple[int, str]]] = collections.defaultdict(list)
    for path, summary in _summaries().items():
        package = "/".join(Path(path).parts[:2])
        packages[package].update({key: value for key, value in summary.items() if isinstance(value, int)})
        missing[package].append((summary["missing_lines"], path))
    code = 0
    print(f"{'':16}{'lines':>8}{'branches':>10}")
    for package, sums in sorted(packages.items()):
        lines = 100 * sums["covered_lines"] / sums["num_statements"]
        branches = 100 * sums["covered_branches"] / sums["num_branches"]
        print(f"{package:16}{lines:7.1f}%{branches:9.1f}%")
        if lines < ENOUGH:
            code = 1
            print(f"less than {ENOUGH} % of the lines; most are missing in")
            print(*(f"{count:8} {path}" for count, path in sorted(missing[package], reverse=True)[:5]), sep="\n")
    return code


def _summaries() -> dict[str, dict[str, int]]:
    """File → the figures of `coverage json`, from the data of the last run."""
    measured = coverage.Coverage()
    measured.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        measured.json_report(outfile=file.name)
        return {path: entry["summary"] for path, entry in json.load(file)["files"].items()}


if __name__ == "__main__":
    sys.exit(main())
