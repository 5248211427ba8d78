"""What is loaded at start for TLS to upstreams."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from OpenSSL import SSL

from ngxpush.config.directives.gateways.tls import UpstreamTls
from ngxpush.http.upstream.connection import Tls
from ngxpush.server.setup.upstream_tls import load, what_is_there
from ngxpush.server.tls.faults import CannotLoad
from ngxpush.server.tls.upstream_contexts import UpstreamContexts
from tests.http.serving import compiled

_HTTP = "server { location / { proxy_pass %s://127.0.0.1:81; proxy_ssl_conf_command x y; } }"


def test_only_locations_with_tls_need_their_settings() -> None:
    load(compiled(_HTTP % "http").http)
    with pytest.raises(CannotLoad, match="unknown cmd name"):
        load(compiled(_HTTP % "https").http)


def test_where_a_variable_decides_only_what_may_be_wrong_is_loaded() -> None:
    usual = "server { location / { proxy_pass $scheme://127.0.0.1:81; proxy_ssl_protocols TLSv1.3; %s } }"
    assert load(compiled(usual % "").http) is None
    with pytest.raises(CannotLoad, match="unknown cmd name"):
        load(compiled(usual % "proxy_ssl_conf_command x y;").http)


@pytest.mark.parametrize(
    ("lacking", "left_out", "meaning"),
    [
        ("certificate", {"certificate": b"", "certificate_key": b""}, "no certificate is shown to these upstreams"),
        ("certificate_key", {"certificate": b"", "certificate_key": b""}, "no certificate is shown to these upstreams"),
        ("trusted_certificate", {"verify": False}, "the certificates of these upstreams are NOT verified"),
        ("crl", {"crl": b""}, "revoked certificates of these upstreams are accepted"),
    ],
)
def test_run_does_without_a_file_and_says_what_that_means(lacking: str, left_out: dict[str, Any], meaning: str) -> None:
    said: list[str] = []
    here = __file__.encode()
    every = UpstreamTls(verify=True, trusted_certificate=here, crl=here, certificate=here, certificate_key=here)
    settings = replace(every, **{lacking: b"/nowhere"})  # type: ignore[arg-type]
    assert what_is_there(every, said.append) == every
    assert what_is_there(settings, said.append) == replace(settings, **left_out)
    assert said == [f"/nowhere can't be read: {meaning}"]


def test_connections_use_what_is_there() -> None:
    contexts, settings = UpstreamContexts(), UpstreamTls(verify=True, trusted_certificate=b"/nowhere")
    contexts.add(settings, replace(settings, verify=False))
    assert contexts.of(Tls(settings)).get_verify_mode() == SSL.VERIFY_NONE
