"""`server_name`, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("server", "server_name .;", ['[emerg] server name "." is invalid']),
    ("server", "server_name *;", ['[emerg] server name "*" is invalid']),
    ("server", "server_name a/b;", ['[warn] server name "a/b" has suspicious symbols']),
    ("server", "server_name ~;", ['[emerg] empty regex in server name "~"']),
    ("server", "server_name ~^(?<x>.+)$ ~^[A-Z];", []),
    ("server", "server_name ~[;", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_server_names() -> None:
    names = setting("server", "server_name Example.COM *.Example.org ~^(?<X>.)$;")
    assert [name.text for name in names] == [b"example.com", b"*.example.org", b"~^(?<X>.)$"]
    assert [name.pattern is not None for name in names] == [False, False, True]
