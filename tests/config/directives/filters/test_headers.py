"""The directives of headers, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "add_header A b sometimes;", ['[emerg] invalid parameter "sometimes"']),
    ("location", "add_header A b always;", []),
    ("location", "expires created 1h;", ['[emerg] "expires" directive invalid value']),
    ("location", "expires modified 1h;", []),
    ("location", "expires modified @1h;", ['[emerg] "expires" directive daily time cannot be used with "modified" parameter']),
    ("location", "expires $uri;", []),
    ("location", "expires x;", ['[emerg] "expires" directive invalid value']),
    ("location", "expires @25h;", ['[emerg] "expires" directive daily time value must be less than 24 hours']),
    ("location", "expires max;", []),
    ("location", "expires -1;", []),
    ("location", "add_trailer A b always;", []),
    ("location", "add_before_body /a; add_before_body /b;", ['[emerg] "add_before_body" directive is duplicate']),
    ("location", "add_after_body /a /b;", ['[emerg] invalid number of arguments in "add_after_body" directive']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
