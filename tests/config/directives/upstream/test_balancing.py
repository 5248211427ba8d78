"""The load balancing methods of upstreams, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said, setting

CASES: list[Case] = [
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
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_random() -> None:
    assert not setting("upstream", "random; server 127.0.0.1;").two
    assert setting("upstream", "random two least_conn; server 127.0.0.1;").two
