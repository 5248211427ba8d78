"""Passwords that are asked for."""

from __future__ import annotations

import pytest

from tests.http.serving import Site

BOB = "\nAuthorization: Basic Ym9iOnB3"  # bob:pw


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
