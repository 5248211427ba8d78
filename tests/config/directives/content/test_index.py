"""The directives of index, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "index $uri /;", []),
    ("location", "index;", ['[emerg] invalid number of arguments in "index" directive']),
    ("location", "index a b;", []),
    ("location", "index a /b;", []),
    ("location", 'index "";', ['[emerg] index "" in "index" directive is invalid']),
    ("location", 'index $uri "" x;', ['[emerg] index "$uri" in "index" directive is invalid']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
