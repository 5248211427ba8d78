"""For code scanning: SARIF 2.1.0 (OASIS), one run with the rules it used."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ... import __version__
from ..finding import Finding, Level
from ..report import Report
from ..rules import RULES

# The one code that is no rule. GitHub asks for the texts of each code.
_OF_NGINX = {
    "shortDescription": {"text": "nginx refuses the configuration."},
    "fullDescription": {
        "text": "The message is nginx's own: it does not start with this file, and at a reload it keeps the old configuration."
    },
    "help": {"text": "`nginx -t` says the same; ngxpush lint reports all errors at once."},
    "defaultConfiguration": {"level": "error"},
}
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def render_sarif(report: Report) -> str:
    used = sorted({finding.code for finding in report.findings})
    invocation: dict[str, Any] = {"executionSuccessful": report.complete}
    if not report.complete:
        invocation["toolExecutionNotifications"] = [
            {"level": "error", "message": {"text": "A part of the configuration could not be read."}}
        ]
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "ngxpush", "version": __version__, "rules": [_rule(code) for code in used]}},
                "columnKind": "unicodeCodePoints",
                "invocations": [invocation],
                "artifacts": [{"location": {"uri": _uri(name)}} for name in report.files],
                "results": [_result(report, finding, used.index(finding.code)) for finding in report.findings],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    for rule in RULES:
        if rule.code == code:
            return {
                "id": code,
                "name": rule.name,
                "shortDescription": {"text": rule.what},
                "fullDescription": {"text": rule.why},
                "help": {
                    "text": f"Bad:\n{rule.bad}\n\nGood:\n{rule.good}",
                    "markdown": f"Bad:\n\n```nginx\n{rule.bad}\n```\n\nGood:\n\n```nginx\n{rule.good}\n```\n",
                },
                "defaultConfiguration": {"level": _LEVELS[rule.level]},
            }
    return {"id": code, **_OF_NGINX}


def _result(report: Report, finding: Finding, rule: int) -> dict[str, Any]:
    place = finding.position
    start, end = report.characters(finding)
    instead = f"Instead: {finding.instead}" if finding.instead else ""
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.level],
        "message": {"text": "\n".join(part for part in (finding.message, finding.why, instead) if part)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.file)},
                    "region": {"startLine": place.line, "startColumn": start, "endColumn": end},
                }
            }
        ],
    }


def _uri(name: str) -> str:
    """A reference to the file: a relative name as it is, an absolute one as a `file:` URI."""
    return ("file://" if name.startswith("/") else "") + quote(name, errors="surrogateescape")
