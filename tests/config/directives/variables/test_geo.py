"""The directives of geo, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting
from tests.http.serving import Site

CASES: list[Case] = [
    ("http", "geo $ $g { a b; }", ['[emerg] invalid variable name "$"']),
    (
        "http",
        "geo $g { 10.0.0.0/8 a; ranges; }",
        ['[emerg] the "ranges" directive must be the first directive inside "geo" block'],
    ),
    ("http", "geo $g { ranges; 10.0.0.0-10.0.0.255 a; 10.0.0.5-10.0.0.9 b; }", []),
    (
        "http",
        "geo $g { ranges; 10.0.0.0-10.0.0.9 a; 10.0.0.5-10.0.0.19 b; }",
        ['[emerg] range "10.0.0.5-10.0.0.19" overlaps "10.0.0.0-10.0.0.9"'],
    ),
    ("http", "geo $g { a b c; }", ["[emerg] invalid number of the geo parameters"]),
    (
        "http",
        "geo $g { default a; default b; }",
        [
            '[warn] duplicate network "default", value: "b", old value: "a"',
            '[warn] duplicate network "default", value: "b", old value: "a"',
        ],
    ),
    ("http", "geo $g { ranges; default a; default b; }", ['[warn] duplicate default geo range value: "b", old value: "a"']),
    ("http", "geo $g { delete 10.0.0.0/8; }", ['[warn] no network "10.0.0.0/8" to delete']),
    ("http", "geo $g { ranges; delete 10.0.0.0-10.0.0.1; }", ['[warn] no address range "10.0.0.0-10.0.0.1" to delete']),
    ("http", "geo $g { 10.0.0.0/8 a; 10.0.0.0/8 b; }", ['[warn] duplicate network "10.0.0.0/8", value: "b", old value: "a"']),
    ("http", "geo $g { 10.0.0.1/8 a; }", ["[warn] low address bits of 10.0.0.1/8 are meaningless"]),
    ("http", "geo $g { ranges; 10.0.0.9-10.0.0.1 a; }", ['[emerg] invalid range "10.0.0.9-10.0.0.1"']),
    (
        "http",
        "geo $g { ranges; 10.0.0.1-10.0.0.9 a; 10.0.0.1-10.0.0.9 b; }",
        ['[warn] duplicate range "10.0.0.1-10.0.0.9", value: "b", old value: "a"'],
    ),
    ("http", "geo $g { ranges; ::1-::2 a; }", ['[emerg] invalid range "::1-::2"']),
    ("http", "geo $g { proxy x; }", ['[emerg] invalid network "x"']),
    ("http", "geo $g { proxy 10.0.0.1/8; }", ["[warn] low address bits of 10.0.0.1/8 are meaningless"]),
    ("http", "geo $host2 $g { 10.0.0.0/8 a; }", ['[emerg] unknown "host2" variable']),
    ("http", "geo $g { 255.255.255.255 a; }", []),
    ("http", "geo x $g { }", ['[emerg] invalid variable name "x"']),
    ("http", "geo $g { ranges; 10.0.0.0-10.0.0.9 a; delete 10.0.0.0-10.0.0.9; }", []),
    ("http", "geo $g { 10.0.0.0/8 a; delete 10.0.0.0/8; }", []),
    ("http", "geo $g { include; }", ["[emerg] invalid number of the geo parameters"]),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ("10.0.0.0/8 a; 10.1.0.0/16 b;", {"10.0.0.1": "a", "10.1.2.3": "b", "11.0.0.1": "", "::1": ""}),
        ("default d; ::/0 six; 255.255.255.255 last;", {"255.255.255.255": "last", "255.255.255.254": "d", "::1": "six"}),
        (
            "ranges; 10.0.0.0-10.0.0.9 a; 10.0.0.5-10.0.0.6 b;",
            {"10.0.0.4": "a", "10.0.0.5": "b", "10.0.0.7": "a", "10.0.0.10": ""},
        ),
        ("ranges; default d; 10.0.0.0-10.0.0.9 a; delete 10.0.0.0-10.0.0.9;", {"10.0.0.4": "d"}),
        ("10.0.0.0/8 a; delete 10.0.0.0/8;", {"10.0.0.1": ""}),
    ],
)
def test_values(lines: str, values: dict[str, str]) -> None:
    site = Site(f"geo $arg_a $g {{ {lines} }} server {{ listen 80; location / {{ return 200 $g; }} }}")
    assert {address: site.get(f"/?a={address}")[1] for address in values} == values


def test_the_address_a_trusted_proxy_names() -> None:
    lines = "10.0.0.0/8 a; 127.0.0.0/8 proxy; proxy 127.0.0.1; proxy 192.0.2.0/24;"
    site = Site(f"geo $g {{ {lines} }} server {{ listen 80; location / {{ return 200 $g; }} }}")
    assert site.get("/")[1] == "proxy"
    assert site.get("/", headers="\nX-Forwarded-For: 10.0.0.1")[1] == "a"
    assert site.get("/", headers="\nX-Forwarded-For: 10.0.0.1, 192.0.2.1")[1] == ""
    site = Site(f"geo $g {{ proxy_recursive; {lines} }} server {{ listen 80; location / {{ return 200 $g; }} }}")
    assert site.get("/", headers="\nX-Forwarded-For: 10.0.0.1, 192.0.2.1")[1] == "a"


def test_lines_from_a_file() -> None:
    definition = setting("http", "geo $g { include nets; }", {"nets": "10.0.0.0/8 a;"})
    assert definition.values.tables[4].find(10 << 24) == b"a"
