"""The output formats of `ngxpush lint`, one file each; every one is a function from a report to text."""

from __future__ import annotations

from collections.abc import Callable

from ..report import Report
from .github import render_github
from .json_document import render_json
from .sarif import render_sarif
from .text import render_text

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
