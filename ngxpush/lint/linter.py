"""The linter: nginx's own verdict first, then the advice of the rules."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from ..config.analysis import Analysis, Diagnostic
from ..config.analyzer import analyze
from ..config.cycle import System
from ..config.directives.third_party import module_of
from ..config.modules import DIRECTIVES
from ..config.tree import Position
from .finding import Finding, Level
from .report import Report, order
from .rule import Rule
from .rules import RULES
from .subject import Subject
from .suppression import read_suppressions

NGINX = "nginx"
"""The code of findings that are nginx's own messages."""

_UNREADABLE = ("open() ", "pread() ")


def lint(path: str, prefix: str, system: System | None = None, rules: Iterable[Rule] = RULES) -> Report:
    """Check a configuration file. Arguments as for `config.analyzer.analyze`; `rules`: those to ask."""
    analysis = analyze(path, prefix, system=system)
    suppressions = read_suppressions(analysis.files)
    subject = Subject(analysis)
    findings = list(dict.fromkeys(_verdict(analysis, path)))
    for rule in rules:
        findings += rule.check(subject)
    complete = not any(diagnostic.message.startswith(_UNREADABLE) for diagnostic in analysis.diagnostics)
    return Report(tuple(sorted(suppressions.keep(findings), key=order)), analysis.files, complete)


def _verdict(analysis: Analysis, path: str) -> Iterator[Finding]:
    """nginx's messages: what it refuses is an error, what it warns of a warning."""
    told = [*analysis.diagnostics, *(step for step in analysis.steps if isinstance(step, Diagnostic))]
    for diagnostic in told:
        if (diagnostic.fatal or diagnostic.level == "warn") and not _of_third_party(diagnostic):
            yield _from_nginx(diagnostic, path)


def _from_nginx(diagnostic: Diagnostic, path: str) -> Finding:
    statement = diagnostic.statement
    position = statement.start if statement is not None else diagnostic.position or Position(path, 1)
    length = len(statement.name) if statement is not None else 1
    level = Level.ERROR if diagnostic.fatal else Level.WARNING
    unknown = statement is not None and diagnostic.message.startswith("unknown directive")
    instead = _suggestion(statement.name) if statement is not None and unknown else ""
    return Finding(NGINX, level, position, diagnostic.message, instead=instead, length=length)


def _of_third_party(diagnostic: Diagnostic) -> bool:
    """A directive that some nginx knows: rule PS902 tells it, since here nobody can say whether it's an error."""
    return diagnostic.statement is not None and module_of(diagnostic.statement.name.decode("latin-1")) is not None


def _suggestion(name: bytes) -> str:
    """The directive that may have been meant."""
    known = [row.decode() for row in DIRECTIVES]
    close = difflib.get_close_matches(name.decode("utf-8", "replace"), known, 1, 0.8)
    return f"did you mean {close[0]}?" if close else ""
