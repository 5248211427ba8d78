"""The directives of events, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    ("events", "worker_connections x;", ['[emerg] invalid number "x"']),
    ("events", "use epoll;", []),
    ("events", "use kqueue;", ['[emerg] invalid event type "kqueue"']),
    ("events", "use nonsense;", ['[emerg] invalid event type "nonsense"']),
    ("events", "debug_connection unix:;", []),
    ("events", "debug_connection 10.0.0.1/8;", ["[warn] low address bits of 10.0.0.1/8 are meaningless"]),
    ("events", "debug_connection nowhere.invalid;", ['[emerg] host not found in debug_connection "nowhere.invalid"']),
    ("events", "debug_connection 10.0.0.0/8;", []),
    ("events", "accept_mutex_delay x;", ['[emerg] "accept_mutex_delay" directive invalid value']),
    ("events", "worker_aio_requests x;", ['[emerg] "worker_aio_requests" directive invalid number']),
    ("events", "multi_accept maybe;", ['[emerg] invalid value "maybe" in "multi_accept" directive, it must be "on" or "off"']),
    ("events", "worker_connections 5; worker_connections 6;", ['[emerg] "worker_connections" directive is duplicate']),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages
