"""set-misc. tests/differential/test_third_party.py asks Debian's build of it the same and more."""

from __future__ import annotations

import pytest

from tests.http.serving import Site, server


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ("set_escape_uri $r 'a b/@+\u00e9';", "a%20b%2F@%2B%C3%A9"),
        ("set_unescape_uri $r 'a+b%20c%zz%4%41%';", "a b czz41"),
        ('set_quote_sql_str $r "it\'s";', r"'it\'s'"),
        ('set_quote_pgsql_str $r "it\'s";', r"E'it\'s'"),
        ("set_quote_pgsql_str $r '';", "''"),
        ('set_quote_json_str $r "a\tb\x01";', r'"a\tb\u0001"'),
        ("set_quote_json_str $r '';", "null"),
        ("set_encode_base32 $r a;", "c4======"),
        ("set_base32_padding off; set_encode_base32 $r a;", "c4"),
        ("set_decode_base32 $r c4======;", "a"),
        ("set_decode_base32 $r c;", ""),
        ("set_decode_base32 $r 'd!h5';", 'h"'),
        ("set_encode_base64url $r '\u00ff';", "w78"),
        ("set_decode_base64url $r w78;", "\u00c3\u00bf"),
        ("set_decode_base64 $r YQ==;", "a"),
        ("set_encode_hex $r a;", "61"),
        ("set_decode_hex $r 61;", "a"),
        ("set_md5 $r a;", "0cc175b9c0f1b6a831c399e269772661"),
        ("set_sha1 $r a;", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("set_hmac_sha1 $r k a; set_encode_hex $r;", "40e7d441cadb17b07f050341aa23a6820ed81c8b"),
        ("set $r ''; set_if_empty $r a; set_if_empty $r b;", "a"),
        ("set_random $r 5 5;", "5"),
        ("set_rotate $r 1 2; set_rotate $r 1 2; set_rotate $r 1 2;", "1"),
        ("set $r x; set_rotate $r 1 2;", "1"),
        ("set_formatted_gmt_time $r %Y;", "2001"),
        ("set_local_today $a; if ($a ~ ^\\d+-\\d\\d-\\d\\d$) { set $r date; }", "date"),
        ("set_secure_random_alphanum $a 64; if ($a ~ ^[a-zA-Z0-9]*$) { set $r letters; }", "letters"),
        ("set_secure_random_lcalpha $a 64; if ($a ~ ^[a-z]*$) { set $r letters; }", "letters"),
    ],
)
def test_values(steps: str, text: str) -> None:
    assert server(f'location / {{ {steps} return 200 "$r"; }}').get("/") == (200, text)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("set_decode_base64 $r ?;", "set_decode_base64: invalid value"),
        ("set_decode_hex $r 1;", "set_decode_hex: invalid value"),
        ("set_random $r 1 x;", 'set_random: bad "to" argument: x'),
        ("set_rotate $r x 1;", 'set_rotate: bad "from" argument value: "x"'),
        ("set_secure_random_alphanum $r 65;", 'set_random: bad "length" argument: 65'),
        ("set_hashed_upstream $r $arg_l a;", 'set_hashed_upstream: upstream list "" not defined yet'),
    ],
)
def test_errors(step: str, message: str) -> None:
    site = server(f"location / {{ {step} return 200; }}")
    assert site.get("/")[0] == 500
    assert any(message in str(line) for line in site.connection.logged)


def test_hashed_upstream() -> None:
    lists = "upstream a { server 127.0.0.1; } upstream b { server 127.0.0.1; } upstream_list l a b; "
    site = Site(lists + "server { location / { set_hashed_upstream $r l $arg_k; return 200 $r; } }")
    assert [site.get(f"/?k={key}")[1] for key in "ab"] == ["b", "a"]
