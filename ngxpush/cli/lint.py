"""`ngxpush lint`: everything nginx would refuse, all at once, and what it can't see."""

from __future__ import annotations

import difflib
import fnmatch
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from ..config.cycle import RealSystem, System
from ..lint.dump import split_dump
from ..lint.edits import apply_edits
from ..lint.finding import Edit, Finding, Level
from ..lint.formats import FORMATS
from ..lint.linter import lint
from ..lint.report import Report, order

STANDARD_INPUT = "-"
_LEVELS = {level.word: level for level in Level}


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """Files that are in memory (standard input, a dump), before those of the disk."""

    contents: Mapping[str, bytes]
    behind: System = field(default_factory=RealSystem)

    def read(self, path: str) -> bytes:
        return self.contents[path] if path in self.contents else self.behind.read(path)

    def glob(self, pattern: str) -> list[str]:
        return fnmatch.filter(self.contents, pattern) or self.behind.glob(pattern)

    def resolves(self, host: str) -> bool:
        return self.behind.resolves(host)


@click.command("lint")
@click.argument("configurations", nargs=-1, required=True, metavar="CONF...")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to print findings.",
)
@click.option(
    "--select", multiple=True, metavar="CODE", help="Only these findings; a code or the beginning of codes, may be repeated."
)
@click.option("--ignore", multiple=True, metavar="CODE", help="All but these findings.")
@click.option(
    "--fail-on",
    type=click.Choice([*_LEVELS, "never"]),
    default="warning",
    show_default=True,
    help="The level that makes the exit code 1.",
)
@click.option("--fix", is_flag=True, help="Do the safe rewrites in the files.")
@click.option("--diff", is_flag=True, help="With --fix: print the rewrites instead of doing them.")
@click.option(
    "--prefix",
    "-p",
    default=None,
    metavar="DIR",
    help="nginx's prefix, for relative paths; the configuration's folder by default.",
)
def command(
    configurations: tuple[str, ...],
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    fix: bool,
    diff: bool,
    prefix: str | None,
) -> None:
    """Check configurations: nginx's own errors, all of them, and advice.

    CONF is a configuration file, the output of `nginx -T`, or - for standard input.

    Exit codes: 0 nothing at or above --fail-on; 1 something; 2 a file could not be read, or wrong usage.
    """
    if diff and not fix:
        raise click.UsageError("--diff goes with --fix")
    reports = [_selected(_lint(name, prefix), select, ignore) for name in configurations]
    report = _together(reports)
    if fix:
        report = _fix(report, diff)
    if not diff:
        click.echo(FORMATS[output_format](report), nl=False)
    sys.exit(_exit_code(report, fail_on))


def _lint(name: str, prefix: str | None) -> Report:
    if name == STANDARD_INPUT:
        path, content = os.path.abspath("stdin"), sys.stdin.buffer.read()
    else:
        path, content = os.path.abspath(name), _read(name)
    files = {path: content}
    dumped = split_dump(content)
    if dumped:
        files, path = dumped, next(iter(dumped))
    return lint(path, prefix or os.path.dirname(path), GivenFiles(files))


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        click.echo(f"ngxpush lint: {name}: {error.strerror}", err=True)
        sys.exit(2)


def _selected(report: Report, select: Iterable[str], ignore: Iterable[str]) -> Report:
    """The findings that were asked for; nginx's errors are always shown."""
    chosen, left_out = tuple(select), tuple(ignore)

    def wanted(finding: Finding) -> bool:
        if finding.level is Level.ERROR:
            return True
        return (not chosen or finding.code.startswith(chosen)) and not (left_out and finding.code.startswith(left_out))

    return replace(report, findings=tuple(filter(wanted, report.findings)))


def _together(reports: list[Report]) -> Report:
    findings = sorted({finding for report in reports for finding in report.findings}, key=order)
    files = {name: content for report in reports for name, content in report.files.items()}
    return Report(tuple(findings), files, all(report.complete for report in reports))


def _fix(report: Report, diff: bool) -> Report:
    """Do, or show, the rewrites; returns the report without the findings that are mended."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for finding in report.findings:
        for edit in finding.edits:
            edits[edit.file].append(edit)
    for name, wanted in edits.items():
        before = report.files[name]
        after = apply_edits(before, wanted)
        if diff:
            click.echo("".join(_difference(name, before, after)), nl=False)
        else:
            Path(name).write_bytes(after)
    return report if diff else replace(report, findings=tuple(finding for finding in report.findings if not finding.edits))


def _difference(name: str, before: bytes, after: bytes) -> Iterable[str]:
    old, new = (text.decode("utf-8", "replace").splitlines(keepends=True) for text in (before, after))
    return difflib.unified_diff(old, new, name, name)


def _exit_code(report: Report, fail_on: str) -> int:
    if not report.complete:
        return 2
    worst = report.worst()
    return int(fail_on != "never" and worst is not None and worst >= _LEVELS[fail_on])
