"""The directives of sub, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", 'sub_filter "" a;', ["[emerg] empty search pattern"]),
    ("location", "sub_filter a b; sub_filter_types text/html;", ['[warn] duplicate MIME type "text/html"']),
    ("location", "sub_filter a b; sub_filter a c;", []),
    ("location", "sub_filter a;", ['[emerg] invalid number of arguments in "sub_filter" directive']),
    (
        "location",
        "sub_filter_once maybe;",
        ['[emerg] invalid value "maybe" in "sub_filter_once" directive, it must be "on" or "off"'],
    ),
    ("location", "sub_filter a $host; sub_filter_last_modified on;", []),
    ("location", "sub_filter_types * text/html;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
