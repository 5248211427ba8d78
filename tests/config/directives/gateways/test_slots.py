"""The kinds of arguments of gateways, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("location", "proxy_bind off;", []),
    ("location", "proxy_bind 127.0.0.1 opaque;", ['[emerg] invalid parameter "opaque"']),
    ("location", "proxy_bind 127.0.0.1 transparent;", []),
    ("location", "proxy_bind $remote_addr;", []),
    ("location", "proxy_bind 127.0.0.1:80;", []),
    ("location", "proxy_bind ::1;", []),
    ("location", "proxy_bind [::1]:80;", []),
    ("location", "proxy_bind unix:/x;", ['[emerg] invalid address "unix:/x"']),
    ("location", "proxy_store off;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
