"""The directives of proxy, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("http", "proxy_redirect default b;", []),
    ("location", "proxy_redirect a;", ['[emerg] invalid parameter "a"']),
    ("location", "proxy_redirect off;", []),
    (
        "location",
        "proxy_pass http://$host; proxy_redirect default;",
        ['[emerg] "proxy_redirect default" cannot be used with "proxy_pass" directive with variables'],
    ),
    ("location", "proxy_redirect ~*^a b;", []),
    ("location", "proxy_redirect ~[ b;", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    ("location", "proxy_redirect ~^a b;", []),
    ("location", "proxy_redirect off b;", []),
    ("location", "proxy_cookie_domain off;", []),
    ("location", "proxy_cookie_domain a;", ['[emerg] invalid parameter "a"']),
    (
        "location",
        "proxy_cookie_domain ~*^a b;",
        ['[emerg] pcre2_compile() failed: quantifier does not follow a repeatable item in "*^a" at "*^a"'],
    ),
    ("location", "proxy_cookie_domain off b;", []),
    ("location", "proxy_cookie_path a b; proxy_cookie_path off;", ['[emerg] "proxy_cookie_path" directive is duplicate']),
    ("location", "proxy_cookie_flags off;", []),
    ("location", "proxy_cookie_flags a nonsense;", []),
    ("location", "proxy_cookie_flags ~a secure samesite=lax;", []),
    (
        "location",
        "proxy_redirect default; ",
        ['[emerg] "proxy_redirect default" should be placed after the "proxy_pass" directive'],
    ),
    (
        "location",
        "proxy_pass http://127.0.0.1; proxy_redirect default; proxy_redirect off;",
        ['[emerg] "proxy_redirect" directive is duplicate'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
