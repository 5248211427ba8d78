"""The real address of the client, until the request ends."""

from __future__ import annotations

import pytest

from ..serving import Site

_SAY = 'return 200 "$remote_addr|$remote_port|$realip_remote_addr|$realip_remote_port";'


@pytest.mark.parametrize(
    ("settings", "headers", "address"),
    [
        ("set_real_ip_from 127.0.0.1;", "", "127.0.0.1|40000"),
        ("set_real_ip_from 127.0.0.1;", "\nX-Real-IP: 203.0.113.7:4711", "203.0.113.7|4711"),
        ("set_real_ip_from 127.0.0.1;", "\nX-Real-IP: 203.0.113.7\nX-Real-IP: 203.0.113.8", "203.0.113.7|"),
        ("set_real_ip_from 127.0.0.0/8;", "\nX-Real-IP: nobody", "127.0.0.1|40000"),
        ("set_real_ip_from 10.0.0.0/8;", "\nX-Real-IP: 203.0.113.7", "127.0.0.1|40000"),
        ("set_real_ip_from unix:;", "\nX-Real-IP: 203.0.113.7", "127.0.0.1|40000"),
        ("set_real_ip_from 127.0.0.1; real_ip_header X-A;", "\nx-a: 203.0.113.7", "203.0.113.7|"),
        ("set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;", "\nX-Real-IP: 203.0.113.7", "127.0.0.1|40000"),
        (
            "set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For; real_ip_recursive on;",
            "\nX-Forwarded-For: 203.0.113.7\nX-Forwarded-For: 10.1.2.3",
            "203.0.113.7|",
        ),
    ],
)
def test_the_address_a_trusted_proxy_reports(settings: str, headers: str, address: str) -> None:
    site = Site(f"server {{ {settings} location / {{ {_SAY} }} }}")
    assert site.get("/", headers=headers) == (200, f"{address}|127.0.0.1|40000")
    site.end()
    assert site.connection.remote_addr == b"127.0.0.1"


def test_in_a_location_it_is_too_late_for_rewrites_but_not_for_access_rules() -> None:
    site = Site(
        "server { location / { set_real_ip_from 127.0.0.1; allow 203.0.113.7; deny all; try_files /none =204; }"
        " location /return { set_real_ip_from 127.0.0.1; return 200 $remote_addr; } }"
    )
    assert site.get("/", headers="\nX-Real-IP: 203.0.113.7")[0] == 204
    assert site.get("/")[0] == 403
    assert site.get("/return", headers="\nX-Real-IP: 203.0.113.7") == (200, "127.0.0.1")


def test_it_is_replaced_once_also_when_the_request_is_redirected_inside() -> None:
    site = Site(
        "server { set_real_ip_from 127.0.0.1; set_real_ip_from 203.0.113.0/24; error_page 404 /other;"
        f" location / {{ return 404; }} location /other {{ real_ip_header X-Other; {_SAY} }} }}"
    )
    headers = "\nX-Real-IP: 203.0.113.7\nX-Other: 198.51.100.1"
    assert site.get("/", headers=headers) == (404, "203.0.113.7||127.0.0.1|40000")
