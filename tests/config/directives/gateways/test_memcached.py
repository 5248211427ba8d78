"""The directives of memcached, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "memcached_pass 127.0.0.1:1; set $memcached_key a;", []),
    (
        "http",
        "server { location / { memcached_pass u; } } upstream u { server 127.0.0.1; }",
        ['[emerg] unknown "memcached_key" variable'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
