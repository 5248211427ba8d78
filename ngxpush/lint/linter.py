"""The linter: nginx's own verdict first, then the advice of the rules."""

from __future__ import annotations

from collections.abc import Iterable

from ..config.analysis import Diagnostic
from ..config.analyzer import analyze
from ..config.system import System
from .partial_file import PartialFile, judged_alone
from .report import Report, order
from .rule import Rule
from .rules import RULES
from .subject import Listens, Subject
from .suppression import read_suppressions
from .verdict import verdict

_UNREADABLE = ("open() ", "pread() ")
# It is about a directive, but not of one alone.
_NO_HOST = "host not found "


def lint(
    path: str,
    prefix: str,
    system: System,
    rules: Iterable[Rule] = RULES,
    part: PartialFile | None = None,
    listens: Listens | None = None,
) -> Report:
    """Check a configuration file. Arguments as for `config.analyzer.analyze`; rules: those to check.

    part: what is to be checked of the configuration, where `path` is only made to include it.
    listens: whether someone listens where requests are passed on to; None: no one is asked.
    """
    analysis = analyze(path, prefix, system=system)
    if part is not None:
        analysis = judged_alone(analysis, path)
    subject = Subject(analysis, whole=part is None, listens=listens)
    findings = verdict(analysis, path, part)
    for rule in rules:
        findings += (found for found in rule.check(subject) if part is None or found.position.file != path)
    # A file that is included in several places gives the same findings in each.
    kept = read_suppressions(analysis.files).keep(dict.fromkeys(findings))
    complete = not any(_hides_something(diagnostic) for diagnostic in analysis.diagnostics)
    return Report(tuple(sorted(kept, key=order)), analysis.files, complete)


def _hides_something(diagnostic: Diagnostic) -> bool:
    """Whether a file could not be read, or a part of one because of a syntax error."""
    if not diagnostic.fatal or diagnostic.message.startswith(_NO_HOST):
        return False
    return diagnostic.statement is None or diagnostic.message.startswith(_UNREADABLE)
