"""The directives of charset, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("http", "charset_map utf-8 UTF-8 { }", ['[emerg] "charset_map" between the same charsets "utf-8" and "UTF-8"']),
    ("http", "charset_map a b { 80 81; } charset_map a b { }", ['[emerg] duplicate "charset_map" between "a" and "b"']),
    ("http", "charset_map a b { 80; }", ["[emerg] invalid parameters number"]),
    ("http", "charset_map a b { zz 81; }", ['[emerg] invalid value "zz"']),
    ("http", "charset_map a b { 80 zz; }", ['[emerg] invalid value "zz"']),
    ("http", "charset_map a b { 80 8; }", []),
    ("http", "charset_map a utf-8 { 80 E282AC; }", []),
    ("http", "charset_map a utf-8 { 80 E282ACE2; }", []),
    ("http", "charset_map a b { 180 81; }", ['[emerg] invalid value "180"']),
    ("http", "charset_map a b { 80 81 82; }", ["[emerg] invalid parameters number"]),
    (
        "location",
        "source_charset koi8-r; charset windows-1251;",
        ['[emerg] no "charset_map" between the charsets "koi8-r" and "windows-1251"'],
    ),
    ("location", "charset_types a/b a/b;", ['[warn] duplicate MIME type "a/b"']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
