"""The documentation of the rules, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from .rule import Rule


def describe(rule: Rule) -> str:
    """The section of one rule."""
    lines = [
        f"## {rule.code} {rule.name}",
        "",
        f"{rule.what} ({rule.level.word})",
        "",
        rule.why,
        "",
        "Bad:",
        "",
        *_code(rule.bad),
        "",
        "Good:",
        "",
        *_code(rule.good),
        "",
    ]
    if rule.references:
        lines += ["See also:", "", *(f"- {reference}" for reference in rule.references), ""]
    return "\n".join(lines)


def describe_all(rules: Iterable[Rule]) -> str:
    """docs/reference/rules.md as a whole."""
    listed = list(rules)
    table = [
        f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.level.word} | {rule.what} |" for rule in listed
    ]
    head = [
        "# Rules of `ngxpush lint`",
        "",
        "Generated from `ngxpush/lint/rules/`. Findings with the code `nginx` are nginx's own messages.",
        "",
        "| code | name | level | what |",
        "| --- | --- | --- | --- |",
        *table,
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(describe(rule) for rule in listed)


def _code(example: str) -> list[str]:
    return ["```nginx", *example.splitlines(), "```"]
