"""allow and deny."""

from __future__ import annotations

import pytest

from tests.http.serving import Site


@pytest.mark.parametrize(
    ("rules", "address", "status"),
    [
        ("allow 127.0.0.1; deny all;", "127.0.0.1", 200),
        ("deny 127.0.0.1; allow all;", "127.0.0.1", 403),
        ("allow 10.0.0.0/8; deny all;", "10.1.2.3", 200),
        ("allow 10.0.0.0/8; deny all;", "11.1.2.3", 403),
        ("allow 10.0.0.0/8; deny all;", "::1", 403),
        ("allow 2001:db8::/32; deny all;", "2001:db8::5", 200),
        ("allow 10.0.0.0/8;", "11.1.2.3", 200),
        ("deny unix:;", "127.0.0.1", 200),
    ],
)
def test_the_first_rule_that_fits_decides(rules: str, address: str, status: int) -> None:
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-From;"
    site = Site(f"server {{ {realip} location / {{ {rules} empty_gif; }} }}")
    assert site.get("/", headers=f"\nX-From: {address}")[0] == status
    assert site.connection.logged == ([("error", b"access forbidden by rule")] if status == 403 else [])
