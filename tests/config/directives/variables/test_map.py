"""The directives of map, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting
from tests.http.serving import Site

CASES: list[Case] = [
    ("http", "map $uri $m { default a; default b; }", ["[emerg] duplicate default map parameter"]),
    ("http", "map $uri $m { hostnames; a..b 1; }", ['[emerg] invalid hostname or wildcard "a..b"']),
    ("http", "map $uri $m { hostnames; * 1; }", ['[emerg] invalid hostname or wildcard "*"']),
    ("http", "map_hash_max_size 1; map_hash_max_size 2;", ['[emerg] "map_hash_max_size" directive is duplicate']),
    ("http", "map_hash_bucket_size x;", ['[emerg] "map_hash_bucket_size" directive invalid number']),
    ("http", "map $uri $m { ~[ 1; }", ['[emerg] pcre2_compile() failed: missing terminating ] for character class in "["']),
    ("http", "map $uri $m { volatile; default $host; ~^/(?<k>a) $k; }", []),
    ("http", "map $uri $m { hostnames; *.example.com 1; .example.org 2; default 0; }", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_lines_from_a_file() -> None:
    site_map = setting("http", "map $uri $m { include lines; }", {"lines": "/a 1;\ndefault 2;"})
    assert said("http", "map $uri $m { include lines; default 3; }", {"lines": "default 2;"}) == [
        "[emerg] duplicate default map parameter"
    ]
    assert site_map.name == b"m"


def test_host_names() -> None:
    lines = "hostnames; default d; example.com e; *.example.com s; .example.org o; example.* x;"
    site = Site(f"map $arg_a $m {{ {lines} }} server {{ listen 80; location / {{ return 200 $m; }} }}")
    names = {
        "example.com": "e",
        "a.b.example.com": "s",
        "example.org": "o",
        "www.example.org": "o",
        "example.net": "x",
        "net": "d",
    }
    assert {name: site.get(f"/?a={name}")[1] for name in names} == names
