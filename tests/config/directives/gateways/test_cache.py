"""The directives of cache, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("http", "proxy_cache_path /c;", ['[emerg] invalid number of arguments in "proxy_cache_path" directive']),
    ("http", "proxy_cache_path /c nonsense keys_zone=c:1m;", ['[emerg] invalid parameter "nonsense"']),
    ("http", "proxy_cache_path /c levels=3 keys_zone=c:1m;", ['[emerg] invalid "levels" "levels=3"']),
    ("http", "proxy_cache_path /c levels=1:2:2:2 keys_zone=c:1m;", ['[emerg] invalid "levels" "levels=1:2:2:2"']),
    (
        "http",
        "proxy_cache_path /c use_temp_path=maybe keys_zone=c:1m;",
        ['[emerg] invalid use_temp_path value "use_temp_path=maybe", it must be "on" or "off"'],
    ),
    ("http", "proxy_cache_path /c inactive=x keys_zone=c:1m;", ['[emerg] invalid inactive value "inactive=x"']),
    ("http", "proxy_cache_path /c max_size=x keys_zone=c:1m;", ['[emerg] invalid max_size value "max_size=x"']),
    ("http", "proxy_cache_path /c keys_zone=c:x;", ['[emerg] invalid keys zone size "keys_zone=c:x"']),
    ("http", "proxy_cache_path /c keys_zone=c:1k;", ['[emerg] keys zone "keys_zone=c:1k" is too small']),
    ("http", "proxy_cache_path /c keys_zone=:1m;", ['[emerg] "proxy_cache_path" must have "keys_zone" parameter']),
    ("http", "proxy_cache_path /c keys_zone=c;", ['[emerg] invalid keys zone size "keys_zone=c"']),
    ("http", "proxy_cache_path /c keys_zone=c:1m; proxy_cache_path /d keys_zone=c:1m;", ['[emerg] duplicate zone "c"']),
    (
        "http",
        "proxy_cache_path /c keys_zone=c:1m; proxy_cache_path /c keys_zone=d:1m;",
        ['[emerg] the same path name "/c" used in /etc/nginx/nginx.conf:1 and'],
    ),
    (
        "http",
        "proxy_cache_path /c keys_zone=c:1m; proxy_cache_path /d keys_zone=c:2m;",
        ['[emerg] the size 2097152 of shared memory zone "c" conflicts with already declared size 1048576'],
    ),
    ("location", "proxy_cache off;", []),
    ("location", "proxy_cache_valid 200 x;", ['[emerg] invalid time value "x"']),
    ("location", "proxy_cache_valid 200 302 10m;", []),
    ("location", "proxy_cache_valid any 1m;", []),
    ("http", "proxy_cache_path /c loader_files=x keys_zone=c:1m;", ['[emerg] invalid loader_files value "loader_files=x"']),
    ("http", "proxy_cache_path /c min_free=x keys_zone=c:1m;", ['[emerg] invalid min_free value "min_free=x"']),
    ("http", "proxy_cache_path /c levels=1:2 inactive=1m max_size=1m use_temp_path=off keys_zone=c:1m;", []),
    ("location", "proxy_cache_path /c keys_zone=c:1m;", ['[emerg] "proxy_cache_path" directive is not allowed here']),
    (
        "http",
        "proxy_cache_path /c keys_zone=c:1m; server { location / { proxy_cache c; proxy_store on; } }",
        ['[emerg] "proxy_store" directive is incompatible with "proxy_cache"'],
    ),
    (
        "http",
        "proxy_cache_path /c keys_zone=c:1m; server { location / { proxy_store on; proxy_cache c; } }",
        ['[emerg] "proxy_cache" directive is incompatible with "proxy_store"'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_off() -> None:
    assert setting("location", "proxy_cache off;") is None
