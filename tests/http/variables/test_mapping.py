"""map, geo and split_clients as variables."""

from __future__ import annotations

import pytest

from ngxpush.http.variables.mapping import murmur_hash2

from ..serving import Site, shown


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


def test_maps() -> None:
    maps = r'map $arg_k $v { default "d $arg_k"; One 1; "" empty; ~^(.)(.)$ "$2$1"; \~x tilde; } '
    maps += "map $arg_k $h { hostnames; .a.b dot; www.* w; }"
    for key, value in [("ONE", "1"), ("", "empty"), ("ab", "ba"), ("~x", "tilde"), ("long", "d long")]:
        assert shown("$v", "/?k=" + key, http=maps) == value
    for key, value in [("a.b", "dot"), ("x.a.b.", "dot"), ("www.a", "w"), ("x", "")]:
        assert shown("$h", "/?k=" + key, http=maps) == value


def test_geo() -> None:
    geo = "geo $arg_ip $g { default none; 10.0.0.0/8 ten; 10.1.0.0/16 one; 255.255.255.255 broken; 2001:db8::/32 six; }"
    for address, value in [
        ("10.2.3.4", "ten"),
        ("10.1.3.4", "one"),
        ("9.1.1.1", "none"),
        ("x", "broken"),
        ("2001:db8::1", "six"),
    ]:
        assert shown("$g", "/?ip=" + address, http=geo) == value


def test_geo_behind_proxies() -> None:
    lines = "127.0.0.0/8 loop; 203.0.113.0/24 doc; 10.0.0.0/8 ten;"
    geo = f"geo $f {{ proxy 127.0.0.1; {lines} }} geo $r {{ proxy 127.0.0.1; proxy 10.0.0.0/8; proxy_recursive; {lines} }}"
    assert shown("$f $r", headers="\nX-Forwarded-For: 203.0.113.7, 10.0.0.1", http=geo) == "ten doc"


def test_split_clients() -> None:
    split = 'split_clients "$arg_u" $part { 10% a; 20.5% b; 0.5% c; * d; }'
    assert [shown("$part", "/?u=" + user, http=split) for user in ("", "alice", "bob")] == ["a", "b", "d"]
