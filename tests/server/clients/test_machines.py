"""Which machine a client's connection gets."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.connection.connection import Connection
from ngxpush.http.http2.connection import Http2Connection
from ngxpush.http.routing import listeners, running
from ngxpush.server.clients.machines import begin_machine
from tests.http.connection.client import FakeHosting, FakeTransport
from tests.http.serving import compiled


@pytest.mark.parametrize(
    ("listen", "negotiated", "machine"),
    [
        ("80", None, Connection),
        ("80 http2", None, Http2Connection),
        ("80 http2 ssl", None, Connection),
        ("80 http2 ssl", "h2", Http2Connection),
    ],
)
def test_the_listener_and_alpn_choose(listen: str, negotiated: str | None, machine: type[Any]) -> None:
    rejects = "ssl_reject_handshake on;" if "ssl" in listen else ""
    http = compiled(f"server {{ listen {listen}; {rejects} }}").http
    assert http is not None
    ends: Any = ((b"127.0.0.1", 5000), (b"127.0.0.1", 80))
    hosting: Any = FakeHosting()
    transport: Any = FakeTransport()
    _, made = begin_machine(hosting, transport, listeners(running(http))[0], *ends, negotiated)
    assert isinstance(made, machine)
