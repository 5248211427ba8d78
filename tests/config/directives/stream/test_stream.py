"""The directives of stream, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("stream", "server { listen x:y; proxy_pass 127.0.0.1:1; }", ['[emerg] invalid port in "x:y" of the "listen" directive']),
    ("stream", "server { listen 1234 nonsense; proxy_pass 127.0.0.1:1; }", ['[emerg] the invalid "nonsense" parameter']),
    ("stream", "server { listen 1234; set $a b; proxy_pass 127.0.0.1:1; }", []),
    ("stream", "server { listen 1234; set a b; proxy_pass 127.0.0.1:1; }", ['[emerg] invalid variable name "a"']),
    ("stream", "server { listen 1234; set $a $nope; proxy_pass 127.0.0.1:1; }", ['[emerg] unknown "nope" variable']),
    ("stream", "server { listen 1234 udp reuseport; proxy_pass 127.0.0.1:1; }", []),
    ("stream", "server { listen 1234 udp; listen 1234; proxy_pass 127.0.0.1:1; }", []),
    ("stream", "server { listen 1234; }", ["[emerg] no handler for server"]),
    ("stream", "upstream u { }", ["[emerg] no servers are inside upstream"]),
    ("stream", "server { proxy_pass 127.0.0.1:1; }", ['[emerg] no "listen" is defined for server']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
