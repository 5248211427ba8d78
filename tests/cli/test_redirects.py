"""What `ngxpush run` says of redirects. Where they then lead: tests/http/test_local_redirects.py."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from ngxpush.cli import redirects
from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from tests.machine import Machine

_LEAD = "redirects to {} lead to the addresses here; --keep-redirects leaves them as they are"
_BY_NAME = (
    "https://{0} is not what a request without its name gets here: reach it by its name, "
    "such as by a line `127.0.0.1 {0}` in /etc/hosts"
)
_TLS = "server {{ listen 443 ssl; server_name {}; ssl_reject_handshake on; }}"
_PLAIN = "server {{ listen 80; server_name a.org www.a.org _ localhost; location / {{ {} }} }}"


def _said(http: str, keep_redirects: bool = False) -> tuple[list[str], Any]:
    """What is said, and where redirects lead then. https is served on port 8443."""
    machine = Machine({"/nginx.conf": b"events {}\nhttp {\n" + http.encode() + b"\n}"})
    analysis = analyze("/nginx.conf", "/", system=machine)
    configuration = compile_configuration(analysis)
    assert configuration.http is not None
    moved = {80: 8080, 443: 8443}
    addresses = [
        replace(address, listen=replace(address.listen, port=moved[address.listen.port]))
        for address in configuration.http.addresses
    ]
    setup: Any = SimpleNamespace(configuration=configuration, addresses=addresses, redirects=None)
    lines: list[str] = []
    said: Any = SimpleNamespace(warn=lines.append)
    redirects.keep_at_home(analysis, setup, keep_redirects, said)
    return lines, setup.redirects


@pytest.mark.parametrize(
    ("http", "said"),
    [
        (_PLAIN.format("return 301 http://www.a.org$request_uri;"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("return 301 https://www.a.org$request_uri;"),
         [_LEAD.format("a.org, www.a.org"),
          "redirects to https://www.a.org lead to another machine: no server here has that name for https"]),
        ("server { listen 80; return 301 https://$host$request_uri; } server { listen 443 ssl; ssl_reject_handshake on; }",
         [_LEAD.format("https")]),
        ("server { listen 80; return 301 HTTPS://$host$request_uri; }",
         ["these redirects lead to port 443, but no server here has TLS on it: return (/nginx.conf:3)"]),
        (_PLAIN.format("return 301 https://$host/;") + _TLS.format("a.org"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("proxy_pass http://127.0.0.1:3000;"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("return 301 $scheme://www.a.org$request_uri;"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("error_page 403 http://www.a.org/; deny all;"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("add_header Location http://www.a.org/; return 201;"), [_LEAD.format("a.org, www.a.org")]),
        (_PLAIN.format("return 301 $uri/; rewrite ^/a /b; error_page 404 /404; add_header X http://www.a.org/;"), []),
        (_PLAIN.format("return 200 http://www.a.org/;"), []),
        (_PLAIN.format("return 200 a;"), []),
        ("server { listen 80; location / { return 301 https://a.org/; } }", []),
        (_TLS.format("first.org") + _TLS.format("www.a.org") + _PLAIN.format("rewrite ^ https://www.a.org/ permanent;"),
         [_LEAD.format("first.org, www.a.org, a.org"), _BY_NAME.format("www.a.org")]),
    ],
)  # fmt: skip
def test_what_is_said(http: str, said: list[str]) -> None:
    assert _said(http)[0] == said


def test_an_answer_leads_here_however_it_came_to_where_it_leads() -> None:
    assert _said(_PLAIN.format("return 200 a;"))[1] is not None


def test_redirects_that_are_kept() -> None:
    """Those to https lead past it, where that has another port."""
    http = _TLS.format("a.org") + _PLAIN.format("return 301 https://$host$request_uri;")
    said, leading = _said(http, keep_redirects=True)
    assert said == ["these redirects lead to port 443, but https is served on port 8443: return (/nginx.conf:3)"]
    assert leading is None
