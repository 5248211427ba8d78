"""The directives of access, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "satisfy maybe;", ['[emerg] invalid value "maybe"']),
    ("location", "deny;", ['[emerg] invalid number of arguments in "deny" directive']),
    ("location", "allow nope;", ['[emerg] invalid parameter "nope"']),
    ("location", "allow 10.0.0.1/8;", ["[warn] low address bits of 10.0.0.1/8 are meaningless"]),
    ("location", "allow unix:;", []),
    ("location", "deny all;", []),
    ("location", "satisfy any; satisfy all;", ['[emerg] "satisfy" directive is duplicate']),
    ("location", "allow 10.0.0.0/8; deny all;", []),
    ("location", "deny 10.0.0.0/33;", ['[emerg] invalid parameter "10.0.0.0/33"']),
    ("location", "allow ::1;", []),
    ("location", "allow nowhere.invalid;", ['[emerg] invalid parameter "nowhere.invalid"']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
