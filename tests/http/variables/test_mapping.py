"""map, geo and split_clients beyond what test_variables.py says of them as variables."""

from __future__ import annotations

import pytest

from ngxpush.http.variables.mapping import murmur_hash2

from ..serving import Site


@pytest.mark.parametrize(("data", "mixed"), [(b"", 0), (b"a", 2456313694), (b"abcd", 646393889)])
def test_murmur_hash2(data: bytes, mixed: int) -> None:
    assert murmur_hash2(data) == mixed


@pytest.mark.parametrize(
    ("host", "value"),
    [
        ("example.com", "exact"),
        ("EXAMPLE.com", "exact"),
        ("www.example.com", "leading"),
        ("a.b.example.com", "leading"),
        ("example.org", "both"),
        ("mail.test", "trailing"),
        ("mail.a.b", "trailing"),
        ("x9.net", "pattern"),
        ("other", "nothing"),
    ],
)
def test_a_map_of_host_names(host: str, value: str) -> None:
    site = Site(
        "map $host $v { hostnames; default nothing; example.com exact; *.example.com leading; .example.org both;"
        " mail.* trailing; ~^x\\d pattern; } server { return 200 $v; }"
    )
    assert site.get("/", host=host) == (200, value)


@pytest.mark.parametrize(
    ("forwarded", "value"),
    [
        ("", "here"),
        ("\nX-Forwarded-For: 10.1.2.3", "lan"),
        ("\nX-Forwarded-For: 10.1.2.3, 127.0.0.5", "here"),
        ("\nX-Forwarded-For: nobody", "here"),
        ("\nX-Forwarded-For: 192.0.2.1:80", "far"),
    ],
)
def test_geo_with_proxies(forwarded: str, value: str) -> None:
    site = Site("geo $v { proxy 127.0.0.0/8; default far; 127.0.0.0/8 here; 10.0.0.0/8 lan; } server { return 200 $v; }")
    assert site.get("/", headers=forwarded) == (200, value)
