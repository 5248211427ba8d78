"""allow and deny."""

from __future__ import annotations

import pytest

from tests.http.serving import server


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ("allow all;", 404),
        ("deny all;", 403),
        ("deny 127.0.0.1; allow all;", 403),
        ("deny 10.0.0.0/8;", 404),
        ("allow 127.0.0.0/8; deny all;", 404),
        ("deny unix:; deny ::/0;", 404),
    ],
)
def test_allow_and_deny(rules: str, status: int) -> None:
    assert server(f"location / {{ {rules} try_files /none =404; }}").get("/")[0] == status
