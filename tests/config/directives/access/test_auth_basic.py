"""The directives of auth_basic, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "auth_basic_user_file x y;", ['[emerg] invalid number of arguments in "auth_basic_user_file" directive']),
    ("location", "auth_basic off;", []),
    ("location", "auth_basic a b;", ['[emerg] invalid number of arguments in "auth_basic" directive']),
    ("location", 'auth_basic "x $host"; auth_basic_user_file f;', []),
    ("location", "auth_basic a; auth_basic b;", ['[emerg] "auth_basic" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
