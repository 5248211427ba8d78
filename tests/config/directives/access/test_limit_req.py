"""The directives of limit_req, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("http", "limit_req_zone $uri zone=z:1m nonsense;", ['[emerg] invalid parameter "nonsense"']),
    ("http", "limit_req_zone $uri rate=1r/s;", ['[emerg] invalid number of arguments in "limit_req_zone" directive']),
    ("http", "limit_req_zone $uri zone=z:1m rate=x;", ['[emerg] invalid rate "rate=x"']),
    ("http", "limit_req_zone $uri zone=z:1m rate=0r/s;", ['[emerg] invalid rate "rate=0r/s"']),
    ("http", "limit_req_zone $uri zone=z:1m rate=60r/m;", []),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req zone=z burst=0; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req zone=z nonsense; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req burst=5; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req zone=z; limit_req zone=z; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req zone=z delay=x; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; server { limit_req zone=z burst=5 delay=3; }",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    (
        "http",
        "limit_req_zone $uri zone=z:1m; limit_conn_zone $uri zone=z:1m;",
        ['[emerg] invalid number of arguments in "limit_req_zone" directive'],
    ),
    ("location", "limit_req zone=z;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
