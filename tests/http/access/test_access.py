"""allow and deny, and how satisfy combines them with passwords."""

from __future__ import annotations

import pytest

from tests.http.serving import Site

FORBIDDEN = [("error", b"access forbidden by rule")]
PASSWORDS = 'auth_basic "members"; auth_basic_user_file users;'
BOB = "\nAuthorization: Basic Ym9iOnB3"  # bob:pw
FILES = {"/etc/nginx/users": "bob:{PLAIN}pw\n", "/etc/nginx/html/f": "file"}


def ask(rules: str, headers: str = "", address: bytes = b"127.0.0.1") -> tuple[int, list[tuple[str, bytes | str]]]:
    """The status, and what was logged."""
    realip = "set_real_ip_from 127.0.0.1; real_ip_header X-From;"
    site = Site(f"server {{ {realip} location / {{ {rules} }} }}", FILES)
    return site.get("/f", headers=f"{headers}\nX-From: {address.decode()}")[0], site.connection.logged


@pytest.mark.parametrize(
    ("rules", "address", "status"),
    [
        ("allow 127.0.0.1; deny all;", b"127.0.0.1", 200),
        ("deny 127.0.0.1; allow all;", b"127.0.0.1", 403),
        ("allow 10.0.0.0/8; deny all;", b"10.1.2.3", 200),
        ("allow 10.0.0.0/8; deny all;", b"11.1.2.3", 403),
        ("allow 10.0.0.0/8; deny all;", b"::1", 403),
        ("allow 2001:db8::/32; deny all;", b"2001:db8::5", 200),
        ("allow 10.0.0.0/8;", b"11.1.2.3", 200),
        ("deny unix:;", b"127.0.0.1", 200),
    ],
)
def test_the_first_rule_that_fits_decides(rules: str, address: bytes, status: int) -> None:
    assert ask(rules, address=address) == (status, FORBIDDEN if status == 403 else [])


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
    assert ask(f"satisfy {satisfy}; {rule} {PASSWORDS}", headers)[0] == status


def test_any_of_nothing_is_forbidden() -> None:
    """Where no password helps, it is the address that is refused."""
    assert ask("satisfy any; deny all;") == (403, [("error", b"access forbidden by rule")])


@pytest.mark.parametrize(
    ("headers", "status", "logged"),
    [
        ("", 401, "no user/password was provided for basic authentication"),
        ("\nAuthorization: Basic YW5uOnB3", 401, 'user "ann" was not found in "/etc/nginx/users"'),
        ("\nAuthorization: Basic Ym9iOm5v", 401, 'user "bob": password mismatch'),
        (BOB, 200, None),
    ],
)
def test_auth_basic(headers: str, status: int, logged: str | None) -> None:
    found, lines = ask(PASSWORDS, headers)
    texts = [text.decode() if isinstance(text, bytes) else text for _, text in lines]
    assert (found, texts) == (status, [logged] if logged else [])


def test_the_password_file_that_is_not_there() -> None:
    status, lines = ask('auth_basic "members"; auth_basic_user_file none;', BOB)
    assert status == 403
    assert lines == [("error", b'open() "/etc/nginx/none" failed (2: No such file or directory)')]


def test_off_by_a_variable() -> None:
    """auth_basic takes variables: `off` may come from one."""
    assert ask("set $realm off; auth_basic $realm; auth_basic_user_file users;")[0] == 200
