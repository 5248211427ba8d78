"""For programs: one JSON document with all findings."""

from __future__ import annotations

import json

from ..report import Report


def render_json(report: Report) -> str:
    document = {
        "complete": report.complete,
        "files": list(report.files),
        "findings": [
            {
                "code": finding.code,
                "level": finding.level.word,
                "file": finding.position.file,
                "line": finding.position.line,
                "column": finding.position.column,
                "message": finding.message,
                "why": finding.why,
                "instead": finding.instead,
                "fixable": bool(finding.edits),
            }
            for finding in report.findings
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
