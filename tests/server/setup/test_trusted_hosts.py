"""Host names whose addresses are trusted."""

from __future__ import annotations

from ngxpush.config.addresses import parse_network
from ngxpush.server.setup.trusted_hosts import trusted_hosts

from ...http.serving import compiled


def test_each_host_is_looked_up_once() -> None:
    http = compiled(
        "set_real_ip_from 10.0.0.0/8; server { set_real_ip_from lb;"
        " location / { set_real_ip_from unix:; set_real_ip_from lb; set_real_ip_from gone; } }"
    ).http
    assert http is not None
    asked: list[bytes] = []

    def look_up(host: bytes) -> list[bytes]:
        asked.append(host)
        return [b"192.0.2.1", b"2001:db8::1"] if host == b"lb" else []

    found = trusted_hosts(http, look_up)
    assert found == {b"lb": (parse_network(b"192.0.2.1"), parse_network(b"2001:db8::1")), b"gone": ()}
    assert asked == [b"lb", b"gone"]
