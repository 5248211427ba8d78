"""Variables of the request."""

from __future__ import annotations

import pytest

from ..serving import Site, shown


@pytest.mark.parametrize(
    ("args", "value"),
    [
        ("a=1&a=2", "1"),
        ("A=1", "1"),
        ("xa=1&a=2", "2"),
        ("a&a=3", "3"),
        ("a==b;c", "=b;c"),
        ("b=a=1", ""),
        ("a=x%20y+z", "x%20y+z"),
    ],
)
def test_arguments(args: str, value: str) -> None:
    assert shown("$arg_a", "/?" + args) == value


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        ("sid=1; sid=2", "1"),
        ("xsid=no; SID=yes", "yes"),
        ("a=1, sid=comma", "comma"),
        ("sid = spaced ; x=1", "spaced "),
        ("sid; sid=2", ""),
        ('sid="q;"', '"q'),
        ("a=1\nCookie: sid=second", "second"),
    ],
)
def test_cookies(cookies: str, value: str) -> None:
    assert shown("$cookie_sid", headers="\nCookie: " + cookies) == value


def test_headers() -> None:
    headers = "\nX-A: 1\nX-A: 2\nCookie: a\nCookie: b\nX-Forwarded-For: 1\nX-Forwarded-For: 2"
    assert shown("$http_x_a $http_cookie $http_x_forwarded_for [$http_none]", headers=headers) == "1 a; b 1, 2 []"


@pytest.mark.parametrize(
    ("credentials", "user"),
    [
        ("Basic Ym9iOnA=", "bob"),
        ("basic  Ym9iOg==", "bob"),
        ("Basic Ym9i", ""),
        ("Basic OnB3", ""),
        ("Basic !", ""),
        ("Basic Ym9iOg==x", "bob"),
        ("Basic Ym9iO=g", ""),
        ("Basic Ym9iOg===", "bob"),
    ],
)
def test_remote_user(credentials: str, user: str) -> None:
    assert shown("$remote_user", headers="\nAuthorization: " + credentials) == user


def test_request_line() -> None:
    assert shown("$request|$request_uri|$uri|$args|$is_args|$host|$status", "/a%20b/../c?x=1") == (
        "GET /a%20b/../c?x=1 HTTP/1.1|/a%20b/../c?x=1|/c|x=1|?|localhost|200"
    )


def test_request_method_follows_a_redirect() -> None:
    """It is not kept from before the error page, which is asked for with GET."""
    site = Site("server { location / { set $before $request_method; error_page 404 /page; return 404; }"
                "         location /page { return 200 $before-$request_method; } }")  # fmt: skip
    assert site.serve("POST / HTTP/1.0").endswith(b"POST-GET")


def test_realpath_root() -> None:
    text = "server { listen 80; location / { root /%s; return 200 [$realpath_root]; } }"
    assert Site(text % "r").get("/")[1] == "[/real/r]"
    gone = Site(text % "gone")
    assert gone.get("/")[1] == "[]"
    assert gone.connection.logged == [("crit", b'realpath() "/gone" failed (2: No such file or directory)')]
