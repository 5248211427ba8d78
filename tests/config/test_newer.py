"""What nginx 1.22.1 does not have yet."""

from __future__ import annotations

import pytest

from ngxpush.config.analysis import Analysis
from ngxpush.config.analyzer import analyze
from ngxpush.config.modules import DIRECTIVES
from ngxpush.config.newer import _SINCE, since
from tests.config.said import said
from tests.machine import Machine


def _analysis(http: str) -> Analysis:
    machine = Machine({"/etc/nginx/nginx.conf": b"events {} http { %b }" % http.encode()})
    return analyze("/etc/nginx/nginx.conf", "/etc/nginx", system=machine, leave_out_third_party=True)


def test_they_are_unknown_to_nginx() -> None:
    assert said("server", "http2 on;") == ['[emerg] unknown directive "http2"']
    assert said("upstream", "server 127.0.0.1 resolve;") == ['[emerg] invalid parameter "resolve"']


def test_no_directive_of_the_table_is_newer() -> None:
    assert not {name.encode() for name in _SINCE} & DIRECTIVES.keys()


@pytest.mark.parametrize(
    ("name", "version"), [("http2", "1.25.1"), ("server resolve", "1.27.3"), ("server backup", None), ("listen", None)]
)
def test_since(name: str, version: str | None) -> None:
    assert since(name) == version


@pytest.mark.parametrize(
    ("http", "left_out"),
    [
        ("http3 on; server { http2 on; listen 80; }", ["http3", "http2"]),
        ("upstream u { zone z 64k; server 127.0.0.1 resolve service=http weight=2; keepalive 3 local; }",
         ["server resolve", "server service", "keepalive local"]),
        ("server { listen 443 quic reuseport; listen 444; }", ["listen quic"]),
        ("resolver 127.0.0.1 ipv4=off;", ["resolver ipv4=off"]),
    ],
)  # fmt: skip
def test_run_leaves_them_out(http: str, left_out: list[str]) -> None:
    analysis = _analysis(http)
    assert analysis.diagnostics == []
    assert [statement.name.decode() for statement in analysis.left_out] == left_out


def test_the_rest_of_the_directive_counts() -> None:
    analysis = _analysis("server { listen 443 quic; listen 444 multipath; }")
    listens = [setting.value.addresses[0].port for scope in analysis.root.walk() for setting in scope.all("listen")]
    assert listens == [444]
