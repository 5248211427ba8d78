"""Redirects to the configuration's own names stay on this machine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ngxpush.http.local_redirects import LocalRedirects
from tests.http.serving import Site

# Ports as they are written, and here.
_PORTS = {80: 8080, 443: 8443, 444: 443}
_SERVERS = """
    server { listen 80; server_name example.com *.example.com ~^r\\d$;
        location / { return 301 $arg_to; } location /path { return 302 /a?b; } location /text { return 200 $arg_to; }
        location /there { proxy_pass http://127.0.0.1:1; } location /created { add_header Location $arg_to; return 201; } }
    server { listen 443 ssl; listen 444 ssl; server_name www.example.com; ssl_certificate a; ssl_certificate_key a; }
    server { listen 443 ssl; server_name shop.example.com; ssl_certificate a; ssl_certificate_key a; }
"""
_FILES = {"/etc/nginx/a": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n"}


def _site(more: str = "") -> Site:
    """The first server, whose client has asked for localhost. more: of its locations."""
    servers = _SERVERS.replace("location /path", f"{more} location /path")
    site = Site(servers.replace("ssl_certificate a; ssl_certificate_key a;", "ssl_reject_handshake on;"))
    http = site.listener.http
    addresses = [
        (address, replace(address, listen=replace(address.listen, port=_PORTS[address.listen.port])))
        for address in http.configuration.addresses
    ]
    http.redirects = LocalRedirects(addresses)
    return site


@pytest.mark.parametrize(
    ("location", "leads"),
    [
        ("https://www.example.com/a?b", "https://localhost:8443/a?b"),
        ("HTTPS://WWW.Example.COM", "https://localhost:8443"),
        ("https://www.example.com:443/", "https://localhost:8443/"),
        ("https://www.example.com:444/", "https://localhost/"),  # 443 here
        ("http://any.example.com?x", "http://localhost:8080?x"),
        ("http://r7/", "http://localhost:8080/"),
        ("https://shop.example.com/", "https://shop.example.com:8443/"),  # localhost would reach another server
        ("https://localhost/", "https://localhost:8443/"),  # $host
        ("https://r7/", "https://r7/"),  # no server of that port has the name
        ("https://www.example.com:8443/", "https://www.example.com:8443/"),
        ("https://other.org/", "https://other.org/"),
        ("https://me@www.example.com/", "https://me@www.example.com/"),
        ("ftp://www.example.com/", "ftp://www.example.com/"),
    ],
)
def test_where_a_redirect_leads(location: str, leads: str) -> None:
    assert _site().location_of(f"/?to={location}") == leads


def test_what_else_has_a_location() -> None:
    site = _site()
    assert site.location_of("/path") == "http://localhost:8080/a?b"
    assert site.location_of("/created?to=https://www.example.com/") == "https://localhost:8443/"
    assert site.get("/text?to=https://www.example.com/") == (200, "https://www.example.com/")


def test_a_host_with_the_port_of_this_machine() -> None:
    """`$http_host`: in production the port is the usual one, and not written."""
    site = _site()
    for host, to, leads in [
        ("localhost:8080", "https://localhost:8080/", "https://localhost:8443/"),
        ("localhost:8080", "http://localhost:8080/", "http://localhost:8080/"),
        ("localhost:8443", "http://localhost:8443/", "http://localhost:8080/"),
        ("localhost:8080", "https://other.org:8080/", "https://other.org:8080/"),
        ("www.example.com:444", "https://www.example.com:444/", "https://www.example.com/"),  # as the configuration writes it
    ]:
        answer = site.serve(f"GET /?to={to} HTTP/1.1\nHost: {host}").decode()
        assert f"\r\nLocation: {leads}\r\n" in answer


def test_a_refresh() -> None:
    for refresh, leads in [
        ("3; url=https://www.example.com/", "3; url=https://localhost:8443/"),
        ("0;URL='https://www.example.com/a'", "0;URL='https://localhost:8443/a'"),
        ("5", "5"),
        ("0; url=/a?url=https://www.example.com/", "0; url=/a?url=https://www.example.com/"),
    ]:
        site = _site(f'location /refresh {{ add_header Refresh "{refresh}"; return 200 a; }}')
        answer = site.serve("GET /refresh HTTP/1.1\nHost: localhost").decode()
        assert f"\r\nRefresh: {leads}\r\n" in answer


def test_a_client_that_uses_the_name_keeps_it() -> None:
    answer = _site().serve("GET /?to=https://www.example.com/ HTTP/1.1\nHost: www.example.com")
    assert b"\r\nLocation: https://www.example.com:8443/\r\n" in answer


def test_what_a_request_without_the_name_reaches() -> None:
    redirects = _site().listener.http.redirects
    names = (b"www.example.com", b"shop.example.com", b"other.org")
    assert [redirects.is_reached(name, b"https") for name in names] == [True, False, None]


def test_without_them_redirects_lead_where_they_say() -> None:
    site = Site("server { location / { return 301 https://www.example.com/; } server_name www.example.com; }")
    assert site.location_of("/") == "https://www.example.com/"
