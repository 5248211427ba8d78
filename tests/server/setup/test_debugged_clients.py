"""debug_connection."""

from __future__ import annotations

import pytest

from ngxpush.server.setup.debugged_clients import DebuggedClients


@pytest.mark.parametrize(
    ("names", "client", "debugged"),
    [
        ([], b"127.0.0.1", False),
        ([], b"unix:", False),
        ([b"unix:"], b"unix:", True),
        ([b"unix:"], b"127.0.0.1", False),
        ([b"127.0.0.1"], b"127.0.0.1", True),
        ([b"127.0.0.1"], b"unix:", False),
        ([b"::1", b"192.0.2.0/24"], b"192.0.2.77", True),
        ([b"::1", b"192.0.2.0/24"], b"192.0.3.1", False),
        ([b"::1"], b"::1", True),
        ([b"0.0.0.0/0"], b"::1", False),
        ([b"host.test"], b"2001:db8::1", True),
        ([b"other.test"], b"2001:db8::1", False),
    ],
)
def test_clients(names: list[bytes], client: bytes, debugged: bool) -> None:
    hosts = {b"host.test": [b"192.0.2.1", b"2001:db8::1"]}
    assert DebuggedClients(names, lambda host: hosts.get(host, [])).has(client) is debugged
