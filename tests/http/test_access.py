"""The access phase: rules for addresses, passwords, and how satisfy combines them."""

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


def ask(settings: str, headers: str) -> tuple[int, list[str]]:
    """The status, and what was logged."""
    site = Site(f"server {{ location / {{ {settings} empty_gif; }} }}", {"/etc/nginx/users": "bob:{PLAIN}pw\n"})
    status = site.get("/", headers=headers)[0]
    return status, [text.decode() if isinstance(text, bytes) else text for _, text in site.connection.logged]


@pytest.mark.parametrize(
    ("headers", "status", "logged"),
    [
        ("", 401, ["no user/password was provided for basic authentication"]),
        ("\nAuthorization: Basic YW5uOnB3", 401, ['user "ann" was not found in "/etc/nginx/users"']),
        ("\nAuthorization: Basic Ym9iOm5v", 401, ['user "bob": password mismatch']),
        (BOB, 200, []),
    ],
)
def test_names_and_passwords(headers: str, status: int, logged: list[str]) -> None:
    assert ask("auth_basic members; auth_basic_user_file users;", headers) == (status, logged)


def test_the_realm() -> None:
    site = Site('server { location / { auth_basic "a $host"; auth_basic_user_file users; } }', {"/etc/nginx/users": ""})
    assert b'\r\nWWW-Authenticate: Basic realm="a localhost"\r\n' in site.serve("GET / HTTP/1.1\nHost: localhost")


def test_a_file_that_is_not_there() -> None:
    message = 'open() "/etc/nginx/none" failed (2: No such file or directory)'
    assert ask("auth_basic members; auth_basic_user_file none;", BOB) == (403, [message])


def test_off_by_a_variable() -> None:
    assert ask("set $realm off; auth_basic $realm; auth_basic_user_file users;", "") == (200, [])
