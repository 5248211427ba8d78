"""For GitHub Actions: workflow commands that become annotations on the changed files."""

from __future__ import annotations

from ..finding import Finding, Level
from ..report import Report

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render_github(report: Report) -> str:
    lines = [_annotation(report, finding) for finding in report.findings]
    if not report.complete:
        lines.append("::error title=incomplete::a part of the configuration could not be read\n")
    return "".join(lines)


def _annotation(report: Report, finding: Finding) -> str:
    place = finding.position
    column, end = report.characters(finding)
    instead = f"instead: {finding.instead}" if finding.instead else ""
    text = "\n".join(part for part in (finding.message, finding.why, instead) if part)
    where = f"file={_property(place.file)},line={place.line},col={column},endColumn={end}"
    return f"::{_COMMANDS[finding.level]} {where},title={_property(finding.code)}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
