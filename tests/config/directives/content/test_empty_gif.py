"""The directives of empty_gif, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "empty_gif x;", ['[emerg] invalid number of arguments in "empty_gif" directive']),
    ("location", "empty_gif; empty_gif;", []),
    ("server", "empty_gif;", ['[emerg] "empty_gif" directive is not allowed here']),
    ("location", "empty_gif;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
