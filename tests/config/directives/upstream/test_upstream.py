"""The directives of upstream, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "proxy_pass https://127.0.0.1; grpc_pass 127.0.0.1;", []),
    ("location", "scgi_pass [0::1];", ['[emerg] no port in upstream "[0::1]"']),
    ("location", "scgi_pass [::1]:1;", []),
    ("upstream", "server *;", ['[emerg] host not found in upstream "*"']),
    ("upstream", "server 127.0.0.1 weight=0;", ['[emerg] invalid parameter "weight=0"']),
    ("upstream", "server 127.0.0.1 weight=x;", ['[emerg] invalid parameter "weight=x"']),
    ("upstream", "server 127.0.0.1 nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("upstream", "server 127.0.0.1 max_fails=x;", ['[emerg] invalid parameter "max_fails=x"']),
    ("upstream", "server 127.0.0.1 fail_timeout=x;", ['[emerg] invalid parameter "fail_timeout=x"']),
    ("upstream", "server 127.0.0.1 max_conns=x;", ['[emerg] invalid parameter "max_conns=x"']),
    ("upstream", "server 127.0.0.1:80-90;", ['[emerg] invalid port in upstream "127.0.0.1:80-90"']),
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
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
