"""The value of resolver; what it refuses is in test_core."""

from __future__ import annotations

import pytest

from tests.config.said import setting


@pytest.mark.parametrize(
    ("arguments", "servers", "valid", "ipv6"),
    [
        ("127.0.0.1", [(b"127.0.0.1", 53)], None, True),
        ("127.0.0.1 [::1]:5353 valid=1m ipv6=off", [(b"127.0.0.1", 53), (b"::1", 5353)], 60, False),
        ("valid=0 localhost:54 ipv6=on", [(b"localhost", 54)], 0, True),
    ],
)
def test_values(arguments: str, servers: list[tuple[bytes, int]], valid: int | None, ipv6: bool) -> None:
    value = setting("location", f"resolver {arguments};")
    assert [(server.host, server.port) for server in value.servers] == servers
    assert (value.valid, value.ipv6) == (valid, ipv6)
