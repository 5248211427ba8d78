"""The zones of upstreams, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("upstream", "zone z 64k; server 127.0.0.1;", []),
    ("upstream", "zone z 1k; server 127.0.0.1;", ['[emerg] zone "z" is too small']),
    ("upstream", "zone z x; server 127.0.0.1;", ['[emerg] invalid zone size "x"']),
    ("upstream", 'zone "" 64k; server 127.0.0.1;', ['[emerg] invalid zone name ""']),
    ("upstream", "zone z; server 127.0.0.1;", []),
    (
        "http",
        "limit_conn_zone $uri zone=z:1m; upstream u { zone z 64k; server 127.0.0.1; }",
        ['[emerg] the shared memory zone "z" is already declared for a different use'],
    ),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
