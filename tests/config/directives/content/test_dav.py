"""The directives of dav, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "dav_methods GET;", ['[emerg] invalid value "GET"']),
    ("location", "dav_access user:x;", ['[emerg] invalid value "user:x"']),
    ("location", "dav_methods PUT DELETE;", []),
    ("location", "dav_methods off;", []),
    ("location", "dav_access user:rw group:r;", []),
    (
        "location",
        "create_full_put_path maybe;",
        ['[emerg] invalid value "maybe" in "create_full_put_path" directive, it must be "on" or "off"'],
    ),
    ("location", "min_delete_depth x;", ['[emerg] "min_delete_depth" directive invalid number']),
    ("location", "dav_access user:rw user:r;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
