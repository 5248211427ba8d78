"""`ngxpush rule`, and the page made of it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from ngxpush.cli.rule import command
from ngxpush.lint.rules import RULES


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_one_rule_by_code_or_name() -> None:
    page = run("ps101")
    assert page.startswith("## PS101 ")
    assert "```nginx" in page
    assert run("ignore-comment-without-reason").startswith("## PS001 ")


def test_all_rules_in_one_line_each() -> None:
    assert [line.split()[0] for line in run().splitlines()] == [rule.code for rule in RULES]


def test_unknown_rule() -> None:
    assert CliRunner().invoke(command, ["PS000"]).exit_code == 2


def test_docs_are_what_the_rules_say() -> None:
    page = Path(__file__).parents[2] / "docs/reference/rules.md"
    assert page.read_text() == run("--markdown"), "make docs"
