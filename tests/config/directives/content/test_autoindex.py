"""The directives of autoindex, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "autoindex_format yaml;", ['[emerg] invalid value "yaml"']),
    ("location", "autoindex maybe;", ['[emerg] invalid value "maybe" in "autoindex" directive, it must be "on" or "off"']),
    ("location", "autoindex_format json; autoindex_localtime on;", []),
    (
        "location",
        "autoindex_exact_size 1;",
        ['[emerg] invalid value "1" in "autoindex_exact_size" directive, it must be "on" or "off"'],
    ),
    ("location", "autoindex on; autoindex_format xml;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
