"""The directives of limit_conn, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("http", "limit_conn_zone $uri nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("http", "limit_conn_zone $uri zone=:1m;", ['[emerg] "limit_conn_zone" must have "zone" parameter']),
    ("http", "limit_conn_zone $uri zone=z:x;", ['[emerg] invalid zone size "zone=z:x"']),
    ("http", "limit_conn_zone $uri zone=z:1m; server { limit_conn z x; }", ['[emerg] invalid number of connections "x"']),
    ("http", "limit_conn_zone $uri zone=z:1m; server { limit_conn z 70000; }", ["[emerg] connection limit must be less 65536"]),
    (
        "http",
        "limit_conn_zone $uri zone=z:1m; server { limit_conn z 1; limit_conn z 2; }",
        ['[emerg] "limit_conn" directive is duplicate'],
    ),
    (
        "http",
        "limit_conn_zone $uri zone=z:1m; limit_conn_zone $host zone=z:1m;",
        ['[emerg] limit_conn_zone "z" is already bound to key "$uri"'],
    ),
    (
        "http",
        "limit_conn_zone $uri zone=z:1m; limit_conn_zone $uri zone=z:2m;",
        ['[emerg] the size 2097152 of shared memory zone "z" conflicts with already declared size 1048576'],
    ),
    ("location", "limit_conn z 1;", []),
    ("location", "limit_conn_status 200;", ["[emerg] value must be between 400 and 599"]),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
