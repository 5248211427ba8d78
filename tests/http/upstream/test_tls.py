"""TLS to servers as the settings and the request have it."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.gateways.proxy import ProxyLocation
from ngxpush.http.upstream.connection import Tls
from ngxpush.http.upstream.tls import is_host_name, upstream_tls, without_port
from tests.http.serving import compiled
from tests.http.upstream.servers import ProxiedSite, Server, says


@pytest.mark.parametrize(
    ("name", "host", "sent"),
    [
        (b"a:81", b"a", True),
        (b"a", b"a", True),
        (b"1.2.3.4:5", b"1.2.3.4", False),
        (b"[::1]:5", b"[::1]", False),
        (b"", b"", False),
    ],
)
def test_names(name: bytes, host: bytes, sent: bool) -> None:
    assert without_port(name) == host
    assert is_host_name(host) is sent


def test_settings() -> None:
    directives = (
        "proxy_ssl_certificate c.pem; proxy_ssl_certificate_key /k; proxy_ssl_conf_command Certificate x; proxy_ssl_crl '';"
    )
    http = compiled("server { location / { proxy_pass http://127.0.0.1:81;" + directives + "} }").http
    assert http is not None
    made = upstream_tls(http.servers[0].location.of(ProxyLocation)), upstream_tls(http.blocks[-1].of(ProxyLocation))
    assert (made[0].certificate, made[0].conf_commands) == (b"", ())
    assert (made[1].certificate, made[1].certificate_key, made[1].crl) == (b"/etc/nginx/c.pem", b"/k", b"")
    assert made[1].conf_commands[0].value == b"/etc/nginx/x"


def _tls(directives: str) -> Tls:
    server = Server(says("HTTP/1.1 200 OK\nContent-Length: 0\n\n"))
    site = ProxiedSite("server { location / { proxy_pass https://127.0.0.1:81;" + directives + "} }", server)
    assert site.get("/?c=c.pem")[0] == 200
    assert server.endpoint is not None
    assert server.endpoint.tls is not None
    return server.endpoint.tls


def test_a_request() -> None:
    tls = _tls("proxy_ssl_server_name on;")
    assert (tls.name, tls.server_name, tls.certificate) == (b"127.0.0.1", None, b"")
    assert tls.sessions is not None
    tls = _tls("proxy_ssl_server_name on; proxy_ssl_name $host:5; proxy_ssl_session_reuse off;")
    assert (tls.name, tls.server_name, tls.sessions) == (b"localhost", b"localhost", None)
    tls = _tls("proxy_ssl_certificate $arg_c; proxy_ssl_certificate_key $arg_k;")
    assert (tls.certificate, tls.certificate_key) == (b"/etc/nginx/c.pem", b"/etc/nginx/")
    assert _tls("proxy_ssl_certificate $arg_x; proxy_ssl_certificate_key $arg_k;").certificate == b""
