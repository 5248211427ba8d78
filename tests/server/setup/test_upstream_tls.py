"""What is loaded at start for TLS to upstreams."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.gateways.proxy import ProxyLocation
from ngxpush.http.upstream.connection import Tls
from ngxpush.http.upstream.tls import upstream_tls
from ngxpush.server.setup.upstream_tls import load, load_what_is_there
from ngxpush.server.tls.client_faults import CannotLoad
from tests.http.serving import compiled

_HTTP = "server { location / { proxy_pass %s://127.0.0.1:81; proxy_ssl_conf_command x y; } }"


def test_only_locations_with_tls_need_their_settings() -> None:
    load(compiled(_HTTP % "http").http)
    with pytest.raises(CannotLoad, match="unknown cmd name"):
        load(compiled(_HTTP % "https").http)


def test_run_does_without() -> None:
    said: list[str] = []
    http = compiled(_HTTP % "https").http
    assert http is not None
    contexts = load_what_is_there(http, said.append)
    assert len(said) == 1
    assert contexts is not None
    assert contexts.of(Tls(upstream_tls(http.blocks[-1].of(ProxyLocation)))) is not None
