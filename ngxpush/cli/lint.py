"""`ngxpush lint`: everything nginx would refuse, all at once, and what it can't see."""

from __future__ import annotations

import difflib
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click
from msgspec.structs import replace

from ..config.path_map import PathMap
from ..lint.edits import apply_edits
from ..lint.finding import Edit, Finding, Level
from ..lint.formats import FORMATS
from ..lint.partial_file import AROUND
from ..lint.report import Report, order
from ..lint.rules import RULES
from ..lint.verdict import NGINX
from .lint_input import LintInput, each_once, open_input
from .origin import map_option, prefix_option
from .output import write

_LEVELS = {level.word: level for level in Level}


def _codes(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The codes in all values of an option, separated by commas; each has to be a code or the beginning of one."""
    codes = tuple(code.strip() for text in given for code in text.split(",") if code.strip())
    known = [NGINX, *(rule.code for rule in RULES)]
    for code in codes:
        if not any(name.startswith(code) for name in known):
            raise click.BadParameter(f"no code begins with {code}; `ngxpush rule` lists the codes", context, parameter)
    return codes


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
    "--select",
    multiple=True,
    metavar="CODES",
    callback=_codes,
    help="Only these findings: codes or beginnings of codes, separated by commas; may be repeated. Errors are always shown.",
)
@click.option(
    "--ignore", multiple=True, metavar="CODES", callback=_codes, help="All but these findings. Errors are always shown."
)
@click.option(
    "--fail-on",
    type=click.Choice([*_LEVELS, "never"]),
    default="warning",
    show_default=True,
    help="The lowest level that makes the exit code 1.",
)
@click.option(
    "--context",
    type=click.Choice(list(AROUND)),
    help="CONF is a part of a configuration: check it as what a file includes in this block. Without this option parts are "
    "recognised by their directives.",
)
@click.option(
    "--backends",
    is_flag=True,
    help="Also ask this machine for the servers that requests are passed on to: a host that is not found is an error, as for "
    "nginx -t; a port or unix socket of this machine on which no one listens is a warning.",
)
@click.option("--fix", is_flag=True, help="Rewrite in the files what is safe to rewrite, and report what is left.")
@click.option("--diff", is_flag=True, help="With --fix: print the rewrites as a patch and change no file.")
@prefix_option
@map_option
def command(
    configurations: tuple[str, ...],
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    context: str | None,
    backends: bool,
    fix: bool,
    diff: bool,
    prefix: str | None,
    paths: PathMap,
) -> None:
    """Report all errors of configurations at once, and advice.

    CONF is a configuration file, a part of one (conf.d/site.conf), the output of `nginx -T`, or - for standard input.

    Exit codes: 0 when everything was read and no finding is at or above the level of --fail-on; 1 when a finding is; 2 for wrong
    usage, a CONF that can't be read and, where no finding makes it 1, a part of it that can't be read.
    """
    if diff and not fix:
        raise click.UsageError("--diff prints what --fix would change: give --fix --diff")
    given_inputs = [_open(name, prefix, paths, context, backends) for name in configurations]
    checked = each_once([(given, given.lint()) for given in given_inputs])
    inputs = [given for given, _ in checked]
    reports = [_selected(report, select, ignore) for _, report in checked]
    for given, report in zip(inputs, reports, strict=True):
        given.warn_of_includes(report)
    if diff:
        for given, report in zip(inputs, reports, strict=True):
            write("".join(_differences(given, report)))
    else:
        if fix:
            reports = [_selected(_fix(given, report), select, ignore) for given, report in zip(inputs, reports, strict=True)]
        report = _together([report.renamed(given.shown_name) for given, report in zip(inputs, reports, strict=True)])
        # In UTF-8 whatever the locale is: programs read it.
        write(FORMATS[output_format](report).encode("utf-8", "replace"))
    sys.exit(_exit_code(_together(reports), fail_on))


def _open(name: str, prefix: str | None, paths: PathMap, context: str | None, backends: bool) -> LintInput:
    try:
        return open_input(name, prefix, paths, context, backends)
    except OSError as error:
        _give_up(f"can't read {name}: {error.strerror}")


def _give_up(message: str) -> NoReturn:
    click.echo(f"ngxpush lint: {message}", err=True)
    sys.exit(2)


def _selected(report: Report, select: tuple[str, ...], ignore: tuple[str, ...]) -> Report:
    """The report with the findings that --select and --ignore ask for; nginx's errors are always kept."""

    def wanted(finding: Finding) -> bool:
        if finding.level is Level.ERROR:
            return True
        return (not select or finding.code.startswith(select)) and not (ignore and finding.code.startswith(ignore))

    return replace(report, findings=tuple(filter(wanted, report.findings)))


def _together(reports: list[Report]) -> Report:
    findings = sorted(dict.fromkeys(finding for report in reports for finding in report.findings), key=order)
    files = {name: content for report in reports for name, content in report.files.items()}
    return Report(tuple(findings), files, all(report.complete for report in reports))


def _fix(given: LintInput, report: Report) -> Report:
    """Rewrite the files, and check them again."""
    rewritten = _rewritten(report)
    if not rewritten:
        return report
    if not given.on_disk:
        raise click.UsageError(
            "--fix can't rewrite standard input or a dump of nginx -T: give --fix --diff, or name the file itself"
        )
    for name, content in rewritten.items():
        try:
            Path(name).write_bytes(content)
        except OSError as error:
            _give_up(f"can't write {given.shown_name(name)}: {error.strerror}; `--fix --diff` prints the rewrites as a patch")
    return given.lint()


def _rewritten(report: Report) -> dict[str, bytes]:
    """The new content of each file that the report's edits change."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for finding in report.findings:
        for edit in finding.edits:
            edits[edit.file].append(edit)
    return {name: apply_edits(report.files[name], wanted) for name, wanted in edits.items()}


def _differences(given: LintInput, report: Report) -> Iterable[str]:
    """The rewrites as a patch."""
    for name, after in _rewritten(report).items():
        old, new = (text.decode("utf-8", "replace").splitlines(keepends=True) for text in (report.files[name], after))
        shown = given.shown_name(name)
        for line in difflib.unified_diff(old, new, shown, shown):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _exit_code(report: Report, fail_on: str) -> int:
    worst = report.worst()
    if fail_on != "never" and worst is not None and worst >= _LEVELS[fail_on]:
        return 1
    return 0 if report.complete else 2
