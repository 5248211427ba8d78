"""For GitHub Actions: workflow commands that become annotations on the changed files."""

from __future__ import annotations

from ..finding import Finding, Level
from ..report import Report

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render_github(report: Report) -> str:
    return "".join(_annotation(finding) for finding in report.findings)


def _annotation(finding: Finding) -> str:
    place = finding.position
    text = "\n".join(part for part in (finding.message, finding.why, finding.instead) if part)
    properties = f"file={_property(place.file)},line={place.line},col={place.column},title={_property(finding.code)}"
    return f"::{_COMMANDS[finding.level]} {properties}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
