"""Every rule: its bad example triggers it, its good one and its near misses don't."""

from __future__ import annotations

import re

import pytest

from ngxpush.lint.examples import whole
from ngxpush.lint.linter import lint
from ngxpush.lint.rule import Rule
from ngxpush.lint.rules import RULES
from tests.lint.one_file import PATH, one_file


def codes(example: str) -> set[str]:
    return {finding.code for finding in lint(PATH, "/", one_file(whole(example)), listens=lambda backend: False).findings}


def test_codes_and_names_are_unique() -> None:
    assert all(re.fullmatch(r"PS\d{3}", rule.code) for rule in RULES)
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_documentation_is_whole(rule: Rule) -> None:
    assert rule.what.endswith(".") and rule.why.endswith(".") and rule.bad != rule.good
    assert "\n" not in rule.why  # it is printed on one line
    assert rule.near_misses


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_bad_example_triggers(rule: Rule) -> None:
    assert rule.code in codes(rule.bad)


_GOOD = [pytest.param(rule, example, id=rule.code) for rule in RULES for example in (rule.good, *rule.near_misses)]


@pytest.mark.parametrize(("rule", "example"), _GOOD)
def test_good_examples_do_not(rule: Rule, example: str) -> None:
    found = codes(example)
    assert rule.code not in found
    assert "nginx" not in found
