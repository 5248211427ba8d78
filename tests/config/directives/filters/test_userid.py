"""The directives of userid, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "userid maybe;", ['[emerg] invalid value "maybe"']),
    ("location", "userid_expires x;", ['[emerg] "userid_expires" directive invalid value']),
    (
        "location",
        "userid_p3p none; userid_mark x1;",
        ['[emerg] "userid_mark" directive value must be "off" or a single letter, digit or "="'],
    ),
    ("location", "userid_path x; userid_domain none; userid_expires max; userid_service 5;", []),
    ("location", "userid_service x;", ['[emerg] "userid_service" directive invalid number']),
    ("http", "userid_expires max;", []),
    ("location", "userid on; userid_name a; userid_flags secure httponly;", []),
    ("location", "userid_flags nope;", ['[emerg] invalid value "nope"']),
    ("location", "userid_flags off secure;", []),
    ("location", "userid_mark off;", []),
    ("location", "userid_mark x;", []),
    ("location", "userid_mark =;", []),
    ("location", "userid_expires off;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
