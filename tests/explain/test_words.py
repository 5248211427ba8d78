"""How directives and bytes are shown."""

from __future__ import annotations

import pytest

from ngxpush.config.reader import parse
from ngxpush.config.tree import Statement
from ngxpush.explain.words import directive, place, readable, short


def statement(text: str) -> Statement:
    [found] = parse(text.encode(), "/etc/nginx/conf.d/a.conf")
    assert isinstance(found, Statement)
    return found


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("location ~ ^/a(b)$ { }", "location ~ ^/a(b)$"),
        ("return 200 'two words';", 'return 200 "two words"'),
        ('return 200 "";', 'return 200 ""'),
        (r'set $x "a\"b\nc";', r'set $x "a\"b\nc"'),
        ("internal;", "internal"),
    ],
)
def test_directive(written: str, shown: str) -> None:
    assert directive(statement(written)) == shown


def test_short() -> None:
    assert short(statement(f"return 200 {'x' * 200};")) == "return 200 " + "x" * 89 + " …"


@pytest.mark.parametrize(("directory", "shown"), [("/etc/nginx", "conf.d/a.conf:2"), ("/etc/ngin", "/etc/nginx/conf.d/a.conf:2")])
def test_place(directory: str, shown: str) -> None:
    assert place(statement("\ninternal;"), directory) == shown


def test_readable() -> None:
    assert readable(b"a\r\nb\x00\xff\xc3\xa9") == "a\nb\\x00\\xff\u00e9"
