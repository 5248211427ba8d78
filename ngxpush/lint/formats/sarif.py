"""For code scanning: SARIF 2.1.0 (OASIS), one run with the rules it used."""

from __future__ import annotations

import json
from typing import Any

from ... import __version__
from ..finding import Finding, Level
from ..report import Report
from ..rules import RULES

_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def render_sarif(report: Report) -> str:
    used = {finding.code for finding in report.findings}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "ngxpush", "version": __version__, "rules": _rules(used)}},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": report.complete}],
                "results": [_result(finding) for finding in report.findings],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rules(used: set[str]) -> list[dict[str, Any]]:
    known = {rule.code: rule for rule in RULES}
    rules: list[dict[str, Any]] = []
    for code in sorted(used):
        entry: dict[str, Any] = {"id": code}
        if code in known:
            rule = known[code]
            entry |= {
                "name": rule.name,
                "shortDescription": {"text": rule.what},
                "fullDescription": {"text": rule.why},
                "defaultConfiguration": {"level": _LEVELS[rule.level]},
            }
        rules.append(entry)
    return rules


def _result(finding: Finding) -> dict[str, Any]:
    place = finding.position
    text = " ".join(part for part in (finding.message + ".", finding.why) if part)
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.level],
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": place.file},
                    "region": {"startLine": place.line, "startColumn": place.column},
                }
            }
        ],
    }
