"""For programs: one JSON document with all findings."""

from __future__ import annotations

import json

from ..report import Report


def render_json(report: Report) -> str:
    """`complete` is false when something could not be read. Columns count bytes, as in the text format."""
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
                "length": finding.length,
                "message": finding.message,
                "why": finding.why,
                "instead": finding.instead,
                "fixable": bool(finding.edits),
            }
            for finding in report.findings
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
