"""The directives of upstream, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
    ("upstream", "server 127.0.0.1 weight=0;", ['[emerg] invalid parameter "weight=0"']),
    ("upstream", "server 127.0.0.1 weight=x;", ['[emerg] invalid parameter "weight=x"']),
    ("upstream", "server 127.0.0.1 nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("upstream", "server 127.0.0.1 max_fails=x;", ['[emerg] invalid parameter "max_fails=x"']),
    ("upstream", "server 127.0.0.1 fail_timeout=x;", ['[emerg] invalid parameter "fail_timeout=x"']),
    ("upstream", "server 127.0.0.1 max_conns=x;", ['[emerg] invalid parameter "max_conns=x"']),
    ("upstream", "server 127.0.0.1:80-90;", ['[emerg] invalid port in upstream "127.0.0.1:80-90"']),
    ("upstream", "ip_hash; server 127.0.0.1 backup;", ['[emerg] balancing method does not support parameter "backup"']),
    ("upstream", "hash $uri; server 127.0.0.1 backup;", ['[emerg] balancing method does not support parameter "backup"']),
    ("upstream", "random; server 127.0.0.1 backup;", ['[emerg] balancing method does not support parameter "backup"']),
    ("upstream", "least_conn; ip_hash; server 127.0.0.1;", ["[warn] load balancing method redefined"]),
    ("upstream", "hash $uri nonsense; server 127.0.0.1;", ['[emerg] invalid parameter "nonsense"']),
    ("upstream", "hash $uri consistent; server 127.0.0.1;", []),
    ("upstream", "random one; server 127.0.0.1;", ['[emerg] invalid parameter "one"']),
    ("upstream", "random two least_time; server 127.0.0.1;", ['[emerg] invalid parameter "least_time"']),
    ("upstream", "random two least_conn; server 127.0.0.1;", []),
    ("upstream", "random two nonsense; server 127.0.0.1;", ['[emerg] invalid parameter "nonsense"']),
    ("upstream", "random; server 127.0.0.1;", []),
    ("upstream", "server 127.0.0.1; keepalive 0;", ['[emerg] invalid value "0" in "keepalive" directive']),
    ("upstream", "server 127.0.0.1; keepalive x;", ['[emerg] invalid value "x" in "keepalive" directive']),
    ("upstream", "server 127.0.0.1; keepalive 5; ip_hash;", ["[warn] load balancing method redefined"]),
    ("upstream", "zone z 64k; server 127.0.0.1;", []),
    ("upstream", "zone z 1k; server 127.0.0.1;", ['[emerg] zone "z" is too small']),
    ("upstream", "zone z x; server 127.0.0.1;", ['[emerg] invalid zone size "x"']),
    ("upstream", 'zone "" 64k; server 127.0.0.1;', ['[emerg] invalid zone name ""']),
    ("upstream", "zone z; server 127.0.0.1;", []),
    ("upstream", "server 127.0.0.1 backup;", ['[emerg] no servers in upstream "u"']),
    ("http", "upstream u { server 127.0.0.1; } upstream u { server 127.0.0.2; }", ['[emerg] duplicate upstream "u"']),
    (
        "http",
        "upstream u { server 127.0.0.1; } server { location / { proxy_pass http://u:8080; } }",
        ['[emerg] upstream "u" may not have port 8080'],
    ),
    (
        "http",
        "server { location / { proxy_pass http://u:8080; } } upstream u { server 127.0.0.1; }",
        ['[emerg] upstream "u" may not have port 8080'],
    ),
    (
        "http",
        "server { location / { proxy_pass http://nowhere.invalid; } }",
        ['[emerg] host not found in upstream "nowhere.invalid"'],
    ),
    ("http", "server { location / { proxy_pass http://u; } } upstream u { server 127.0.0.1; }", []),
    (
        "http",
        "limit_conn_zone $uri zone=z:1m; upstream u { zone z 64k; server 127.0.0.1; }",
        ['[emerg] the shared memory zone "z" is already declared for a different use'],
    ),
    ("upstream", "server unix:; ", ['[emerg] no path in the unix domain socket in upstream "unix:"']),
    (
        "upstream",
        "server unix:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;",
        [
            '[emerg] too long path in the unix domain socket in upstream "unix:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'
        ],
    ),
    ("upstream", "server [::1;", ['[emerg] invalid host in upstream "[::1"']),
    ("upstream", "server [::1]x;", ['[emerg] invalid host in upstream "[::1]x"']),
    ("upstream", "server [zz]:80;", ['[emerg] invalid IPv6 address in upstream "[zz]:80"']),
    ("upstream", "server []:80;", ['[emerg] no host in upstream "[]:80"']),
    ("upstream", "server :80;", ['[emerg] no host in upstream ":80"']),
    ("upstream", "server 127.0.0.1:0;", ['[emerg] invalid port in upstream "127.0.0.1:0"']),
    ("upstream", "server [::1]:80;", []),
    ("location", "gzip_hash 100;", ['[emerg] "gzip_hash" directive must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k']),
    ("location", "gzip_hash 64k;", []),
    ("location", "gzip_hash 256k;", ['[emerg] "gzip_hash" directive must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k']),
    (
        "http",
        "server { location / { memcached_pass u; } } upstream u { server 127.0.0.1; }",
        ['[emerg] unknown "memcached_key" variable'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_random() -> None:
    assert not setting("upstream", "random; server 127.0.0.1;").two
    assert setting("upstream", "random two least_conn; server 127.0.0.1;").two
