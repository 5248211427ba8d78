"""The directives of auth_request, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "auth_request off;", []),
    ("location", "auth_request_set uri x;", ['[emerg] invalid variable name "uri"']),
    ("location", "auth_request_set $a $uri;", []),
    ("location", "auth_request_set $uri x;", ['[emerg] the duplicate "uri" variable']),
    ("location", "auth_request /a /b;", ['[emerg] invalid number of arguments in "auth_request" directive']),
    ("location", "auth_request /a; auth_request /b;", ['[emerg] "auth_request" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
