"""The directives of referer, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

_NO_REFERER = '[emerg] the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer'

CASES: list[Case] = [
    (
        "http",
        "referer_hash_max_size 5; referer_hash_bucket_size x;",
        ['[emerg] "referer_hash_max_size" directive is not allowed here'],
    ),
    ("server", "valid_referers ~;", ['[emerg] empty regex in "~"']),
    ("server", "valid_referers a..b;", ['[emerg] invalid hostname or wildcard "a..b"']),
    ("server", "valid_referers a.b a.b;", ['[emerg] conflicting parameter "a.b"']),
    ("server", "valid_referers none blocked; valid_referers a.b;", []),
    ("server", "valid_referers a.b; valid_referers a.b;", ['[emerg] conflicting parameter "a.b"']),
    ("server", "valid_referers ~[;", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    (
        "location",
        "valid_referers none; if ($invalid_referer) { return 403; }",
        [_NO_REFERER],
    ),
    ("server", "valid_referers server_names *.a.b a.b/x;", []),
    ("server", "valid_referers ~a;", []),
    ("server", "valid_referers none ~a;", [_NO_REFERER]),
    ("server", "valid_referers blocked ~a;", [_NO_REFERER]),
    ("server", "valid_referers none server_names;", []),
    ("server", "server_name ~a b; location / { valid_referers none server_names; }", []),
    ("server", "server_name ~a; location / { valid_referers none server_names; }", [_NO_REFERER]),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
