"""The directives of set-misc, in the words of its build for Debian's nginx."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

_LISTS = "upstream a { server 127.0.0.1; } upstream_list l a b; "
_SERVER = "server { listen 8080; location / { %s } }"

CASES: list[Case] = [
    ("location", "set_md5 $a b;", ['[emerg] unknown directive "set_md5"']),
    ("loaded", "set_if_empty $a b; set_escape_uri $a; set_md5 $b $uri; set_hmac_sha1 $c k x; set_local_today $d;", []),
    ("loaded", "set_if_empty $a;", ['[emerg] invalid number of arguments in "set_if_empty" directive']),
    ("loaded", "set_escape_uri a;", ['[emerg] invalid variable name "a"']),
    ("loaded", "set_escape_uri $;", ['[emerg] invalid variable name "$"']),
    ("loaded", "set_escape_uri $uri;", ['[emerg] the duplicate "uri" variable']),
    ("loaded", "set_escape_uri $a $nope;", ['[emerg] unknown "nope" variable']),
    ("loaded", "set_rotate $a 2 1; set_random $b x 1; set_secure_random_lcalpha $c x;", []),
    ("loaded", "set_hashed_upstream $a l x;", ['[error] set_hashed_upstream: upstream list "l" not defined yet']),
    ("loaded http", _LISTS + _SERVER % "set_hashed_upstream $a l $uri; set_hashed_upstream $b $arg_l x;", []),
    ("loaded http", _LISTS + "upstream_list l c;", ['[emerg] duplicate upstream list name "l"']),
    ("loaded http", "upstream_list l;", ['[emerg] invalid number of arguments in "upstream_list" directive']),
    ("loaded http", "set_md5 $a b;", []),
    ("loaded", "set_base32_padding off; set_base32_alphabet 0123456789ABCDEFGHIJKLMNOPQRSTUV;", []),
    (
        "loaded",
        "set_base32_alphabet 01;",
        ['[emerg] "set_base32_alphabet" directive takes an alphabet of 2 bytes but 32 expected'],
    ),
    (
        "loaded",
        "set_misc_base32_padding on;",
        ['[warn] the "set_misc_base32_padding" directive is deprecated, use the "set_base32_padding" directive instead'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_without_an_argument_the_own_value_is_taken() -> None:
    assert [value.text for value in setting("loaded", "set_md5 $a;").arguments] == [b"$a"]
    assert [value.text for value in setting("loaded", "set_if_empty $a b;").arguments] == [b"$a", b"b"]
    assert [value.text for value in setting("loaded", "set_rotate $a 1 2;").arguments] == [b"1", b"2", b"$a"]
