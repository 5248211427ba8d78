"""Idle connections to upstreams, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("upstream", "server 127.0.0.1; keepalive 0;", ['[emerg] invalid value "0" in "keepalive" directive']),
    ("upstream", "server 127.0.0.1; keepalive x;", ['[emerg] invalid value "x" in "keepalive" directive']),
    ("upstream", "server 127.0.0.1; keepalive 5; ip_hash;", ["[warn] load balancing method redefined"]),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
