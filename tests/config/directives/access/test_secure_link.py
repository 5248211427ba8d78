"""The directives of secure_link, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "secure_link_md5 a;", []),
    (
        "location",
        "secure_link_secret a; secure_link $uri;",
        ['[emerg] "secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"'],
    ),
    ("location", "secure_link $a; secure_link $b;", ['[emerg] "secure_link" directive is duplicate']),
    ("location", "secure_link $uri; secure_link_md5 $host;", []),
    ("location", "secure_link_secret a;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
