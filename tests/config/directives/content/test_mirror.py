"""The directives of mirror, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "mirror off; mirror /a;", ['[emerg] "mirror" directive is duplicate']),
    ("location", "mirror /a; mirror off;", ['[emerg] "mirror" directive is duplicate']),
    (
        "location",
        "mirror_request_body maybe;",
        ['[emerg] invalid value "maybe" in "mirror_request_body" directive, it must be "on" or "off"'],
    ),
    ("location", "mirror /a; mirror /b;", []),
    ("location", "mirror off; mirror off;", ['[emerg] "mirror" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
