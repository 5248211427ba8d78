"""The formats of reports: what each says of the same findings."""

from __future__ import annotations

import json

import pytest

from ngxpush.config.tree import Position
from ngxpush.lint.finding import Finding, Level
from ngxpush.lint.formats import FORMATS
from ngxpush.lint.report import Report

_LINE = "\tadd_header X-Größe, 100%;"
_FILES = {"conf.d/a b.conf": f"# first\n{_LINE}\n".encode()}
_COLUMN = len(_LINE[: _LINE.index("100")].encode()) + 1
_FINDING = Finding("PS101", Level.WARNING, Position("conf.d/a b.conf", 2, _COLUMN), "too much", "It is.", "50%;\nor less", 4)
_ERROR = Finding("nginx", Level.ERROR, Position("conf.d/a b.conf", 9), "unexpected end of file")
_REPORT = Report((_FINDING,), _FILES)
_INCOMPLETE = Report((_ERROR,), _FILES, complete=False)


def test_text_shows_the_line_and_marks_the_word() -> None:
    assert FORMATS["text"](_REPORT) == (
        f"conf.d/a b.conf:2:{_COLUMN}: warning PS101: too much\n"
        f"    2 | {_LINE}\n"
        f"      | \t{' ' * 20}^^^^\n"
        "      why: It is.\n"
        "  instead: 50%;\n"
        "           or less\n"
        "\n"
        "1 warning in 1 file.\n"
    )


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (Report((), _FILES), "No issues in 1 file.\n"),
        (Report((), {}, complete=False), "Nothing found in what could be read; a part could not be read.\n"),
        (_INCOMPLETE, "1 error in what could be read; a part could not be read.\n"),
        (Report((_ERROR, _FINDING, _FINDING), _FILES), "1 error, 2 warnings in 1 file.\n"),
    ],
)
def test_text_ends_with_a_summary(report: Report, summary: str) -> None:
    assert FORMATS["text"](report).endswith(summary)


def test_json() -> None:
    assert json.loads(FORMATS["json"](_REPORT)) == {
        "complete": True,
        "files": ["conf.d/a b.conf"],
        "findings": [
            {
                "code": "PS101",
                "level": "warning",
                "file": "conf.d/a b.conf",
                "line": 2,
                "column": _COLUMN,
                "length": 4,
                "message": "too much",
                "why": "It is.",
                "instead": "50%;\nor less",
                "fixable": False,
            }
        ],
    }
    assert json.loads(FORMATS["json"](_INCOMPLETE))["complete"] is False


def test_sarif_has_what_the_standard_requires() -> None:
    document = json.loads(FORMATS["sarif"](_REPORT))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "ngxpush"
    (result,) = run["results"]
    rule = driver["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "PS101"
    assert rule["shortDescription"]["text"] and rule["help"]["text"]
    assert result["level"] == "warning"
    assert result["message"]["text"].startswith("too much\n")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "conf.d/a%20b.conf"
    assert run["columnKind"] == "unicodeCodePoints"
    start = _LINE.index("100") + 1
    assert place["region"] == {"startLine": 2, "startColumn": start, "endColumn": start + 4}
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_sarif_of_what_could_not_be_read() -> None:
    (run,) = json.loads(FORMATS["sarif"](_INCOMPLETE))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["results"][0]["level"] == "error"
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "nginx"
    assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))


def test_sarif_names_absolute_files_by_uri() -> None:
    report = _REPORT.renamed(lambda name: f"/etc/{name}")
    (run,) = json.loads(FORMATS["sarif"](report))["runs"]
    assert run["artifacts"] == [{"location": {"uri": "file:///etc/conf.d/a%20b.conf"}}]


def test_github_annotations_are_escaped() -> None:
    start = _LINE.index("100") + 1
    assert FORMATS["github"](_REPORT) == (
        f"::warning file=conf.d/a b.conf,line=2,col={start},endColumn={start + 4},title=PS101::"
        "too much%0AIt is.%0Ainstead: 50%25;%0Aor less\n"
    )
    assert FORMATS["github"](_INCOMPLETE).endswith("::error title=incomplete::a part of the configuration could not be read\n")


def test_sarif_of_a_file_whose_name_is_not_utf8() -> None:
    finding = Finding("nginx", Level.ERROR, Position("/caf\udce9.conf", 1), "bad")
    results = json.loads(FORMATS["sarif"](Report((finding,), {})))["runs"][0]["results"]
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///caf%E9.conf"}
