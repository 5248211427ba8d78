"""The pages of the rules."""

from __future__ import annotations

from ngxpush.lint.documentation import describe, describe_all
from ngxpush.lint.rules import RULES


def test_a_page() -> None:
    rule = next(rule for rule in RULES if rule.code == "PS602")
    page = describe(rule).splitlines()
    assert page[0] == "## PS602 content-type-added"
    assert page[2] == "add_header with the name Content-Type. (warning)"
    assert page.count("```nginx") == 2
    assert page[page.index("See also:") + 2].startswith("- https://nginx.org/")


def test_all_pages() -> None:
    text = describe_all(RULES)
    assert text.count("\n## PS") == len(RULES)
    line = "| [PS602](#ps602-content-type-added) | content-type-added | warning | add_header with the name Content-Type. |"
    assert line in text.splitlines()
