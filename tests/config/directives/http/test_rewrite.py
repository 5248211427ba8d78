"""The directives of rewrite, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("server", "rewrite ^ /x nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("server", "rewrite ^ /x break;", []),
    ("server", "rewrite [ /x;", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    ("server", "if uri { }", ['[emerg] invalid condition "uri"']),
    ("server", "if ($uri { }", ['[emerg] invalid condition "$uri"']),
    ("server", "if ($uri = a b) { }", ['[emerg] invalid condition "$uri"']),
    ("server", "if ($uri = ) { }", ['[emerg] invalid condition "$uri"']),
    ("server", "if (-f a b) { }", ['[emerg] invalid condition "-f"']),
    ("server", "if (-z a) { }", ['[emerg] invalid condition "-z"']),
    ("server", "if (!-f a) { }", []),
    ("server", "if ( $uri ) { }", []),
    ("server", "if ($uri !~* a) { }", []),
    ("server", "if ($uri ~ [) { }", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    ("server", "if () { }", ['[emerg] invalid condition ")"']),
    ("server", "if (-f) { }", ['[emerg] invalid condition "-f"']),
    ("server", "if (!x) { }", ['[emerg] invalid condition "!x"']),
    ("server", "set uri x;", ['[emerg] invalid variable name "uri"']),
    ("server", "return;", ['[emerg] invalid number of arguments in "return" directive']),
    ("server", "return http://x/;", []),
    ("server", "return 204 a;", []),
    ("server", "return x y;", ['[emerg] invalid return code "x"']),
    ("server", "if ($) { }", ['[emerg] invalid condition "$"']),
    ("server", "if ($uri = a) { }", []),
    ("server", "if ($nope) { }", ['[emerg] unknown "nope" variable']),
    ("server", "if ($uri - a) { }", ['[emerg] unexpected "-" in condition']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
