"""Host names whose addresses are trusted."""

from __future__ import annotations

from ngxpush.config.addresses import parse_network
from ngxpush.config.directives.realip import RealipLocation
from ngxpush.server.trusted_hosts import resolve_trusted_hosts

from ..http.serving import compiled


def test_names_become_addresses_in_every_block() -> None:
    http = compiled(
        "set_real_ip_from 10.0.0.0/8;"
        "server { location / { set_real_ip_from unix:; set_real_ip_from lb; set_real_ip_from gone; } }"
    ).http
    resolve_trusted_hosts(http, lambda host: [b"192.0.2.1", b"2001:db8::1"] if host == b"lb" else [])
    assert http is not None
    server, location = http.blocks
    assert server.of(RealipLocation).set_real_ip_from == (parse_network(b"10.0.0.0/8"),)
    assert location.of(RealipLocation).set_real_ip_from == (None, parse_network(b"192.0.2.1"), parse_network(b"2001:db8::1"))
