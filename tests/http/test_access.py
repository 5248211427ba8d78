"""The access phase: how satisfy combines rules and passwords."""

from __future__ import annotations

import pytest

from tests.http.serving import Site

BOB = "\nAuthorization: Basic Ym9iOnB3"  # bob:pw
PASSWORDS = "auth_basic members; auth_basic_user_file users;"


def site(settings: str) -> Site:
    return Site(f"server {{ location / {{ {settings} empty_gif; }} }}", {"/etc/nginx/users": "bob:{PLAIN}pw\n"})


@pytest.mark.parametrize(
    ("satisfy", "rule", "headers", "status"),
    [
        ("all", "allow all;", BOB, 200),
        ("all", "allow all;", "", 401),
        ("all", "deny all;", BOB, 403),
        ("any", "deny all;", BOB, 200),
        ("any", "allow all;", "", 200),
        ("any", "deny all;", "", 401),
    ],
)
def test_satisfy(satisfy: str, rule: str, headers: str, status: int) -> None:
    assert site(f"satisfy {satisfy}; {rule} {PASSWORDS}").get("/", headers=headers)[0] == status


def test_where_no_password_helps_the_address_is_refused() -> None:
    refused = site("satisfy any; deny all;")
    assert refused.get("/")[0] == 403
    assert refused.connection.logged == [("error", b"access forbidden by rule")]
