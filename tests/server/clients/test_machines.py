"""Which machine a client's connection gets."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.connection.connection import Connection
from ngxpush.http.http2.connection import Http2Connection
from ngxpush.http.routing import listeners, running
from ngxpush.server.clients.machines import begin_machine, go_on_with_http2
from tests.http.connection.client import FakeHosting, FakeTransport
from tests.http.serving import compiled


@pytest.mark.parametrize(
    ("listen", "machine"),
    [("80", Connection), ("80 http2", Http2Connection), ("80 http2 ssl", Connection)],
)
def test_the_listener_chooses(listen: str, machine: type[Any]) -> None:
    rejects = "ssl_reject_handshake on;" if "ssl" in listen else ""
    http = compiled(f"server {{ listen {listen}; {rejects} }}").http
    assert http is not None
    ends: Any = ((b"127.0.0.1", 5000), (b"127.0.0.1", 80))
    hosting: Any = FakeHosting()
    transport: Any = FakeTransport()
    _, made = begin_machine(hosting, transport, listeners(running(http))[0], *ends)
    assert isinstance(made, machine)


def test_http2_goes_on_where_tls_has_agreed_on_it() -> None:
    http = compiled("server { listen 80 http2 ssl; ssl_reject_handshake on; }").http
    assert http is not None
    hosting: Any = FakeHosting()
    transport: Any = FakeTransport()
    first = Connection(hosting, transport, listeners(running(http))[0], (b"127.0.0.1", 5000), (b"127.0.0.1", 80))
    _, second = go_on_with_http2(first)
    assert isinstance(second, Http2Connection)
    assert second.facts is first.facts
    assert first not in hosting.reusable
