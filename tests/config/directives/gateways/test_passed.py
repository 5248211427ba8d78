"""Where `…_pass` directives lead."""

from __future__ import annotations

from ngxpush.config.directives.gateways.passed import passed_addresses
from tests.http.serving import compiled


def test_targets_with_variables_have_no_address() -> None:
    http = compiled(
        "server { location /1 { proxy_pass http://a/; } location /2 { uwsgi_pass b:1; } location /3 { proxy_pass http://$host; } }"
    ).http
    assert http is not None
    assert [(address.host, address.port) for address in passed_addresses(http)] == [(b"a", 80), (b"b", 1)]
