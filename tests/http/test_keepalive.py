"""Which connections are kept."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.keepalive import asks_for_keepalive, limit_keepalive

from .fakes import make_request

OLD = b"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"
MAC = b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15"


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([], None),
        ([b"Upgrade"], None),
        ([b"Keep-Alive, x"], True),
        ([b"xclosex"], False),
        ([b"close", b"keep-alive"], True),
        ([b"keep-alive", b"close"], False),
        ([b"close", b"Upgrade"], False),
    ],
)
def test_what_the_client_asks_for(lines: list[bytes], kept: bool | None) -> None:
    assert asks_for_keepalive(lines) is kept


@pytest.mark.parametrize(
    ("core", "method", "agent", "kept"),
    [
        ({}, b"GET", OLD, True),
        ({}, b"POST", OLD, False),
        ({"keepalive_disable": frozenset(("safari",))}, b"GET", MAC, False),
        ({}, b"GET", MAC, True),
        ({"keepalive_timeout": (0, None)}, b"GET", b"x", False),
        ({"keepalive_requests": 1}, b"GET", b"x", False),
        ({"keepalive_time": -1}, b"GET", b"x", False),
    ],
)
def test_what_the_location_allows(core: dict[str, Any], method: bytes, agent: bytes, kept: bool) -> None:
    request, _ = make_request(method, [(b"User-Agent", agent)], core=core)
    limit_keepalive(request)
    assert request.keepalive == kept
