"""auth_request: another location's answer decides."""

from __future__ import annotations

import pytest

from ngxpush.http.content import HANDLERS
from ngxpush.http.request import Request
from ngxpush.http.upstream.state import UpstreamState
from tests.http.serving import Site


def site(auth: str, more: str = "") -> Site:
    text = "server { listen 80; location / { auth_request /check; %s try_files /none =404; } "
    text += "location = /check { %s } location = /yes { return 204; } }"
    return Site(text % (more, auth))


@pytest.mark.parametrize(
    ("auth", "status"),
    [
        ("return 200 text;", 404),
        ("return 204;", 404),
        ("return 299;", 404),
        ("return 401;", 401),
        ("return 403 text;", 403),
        ("return 302 /login;", 500),
        ("return 404;", 500),
        ("return 500;", 500),
        ("deny all; try_files /none =403;", 403),
        ("error_page 418 = /yes; return 418;", 404),
    ],
)
def test_the_status_of_the_answer_decides(auth: str, status: int) -> None:
    assert site("internal; " + auth, "error_page 418 /nowhere;").get("/x")[0] == status


def test_what_is_unexpected_is_logged() -> None:
    asked = site("return 302 /login;")
    asked.get("/x")
    assert ("error", b"auth request unexpected status: 302") in asked.connection.logged


def test_access_rules_do_not_hold_for_subrequests() -> None:
    assert site("deny all; return 204;").get("/x")[0] == 404


def test_the_subrequest_is_a_get_without_arguments_and_body() -> None:
    asked = site('if ($args) { return 403; } if ($request_uri != "/x?a=1") { return 403; } return 204;')
    assert asked.get("/x?a=1", method="POST", headers="\nContent-Length: 2")[0] == 404
    (subrequest,) = asked.subrequests
    assert (subrequest.method, subrequest.uri, subrequest.args, subrequest.input.body) == (b"GET", b"/check", b"", b"")


def test_variables_of_the_answer() -> None:
    asked = site("add_header X-Kept-Back 1; return 401;", "auth_request_set $answer $status; error_page 401 /e?$answer;")
    asked.get("/x")
    assert asked.request is not None
    assert asked.request.args == b"401"


@pytest.mark.parametrize(("auth", "credentials", "status"), [("204", "", 404), ("403", "", 401), ("403", "YW5uOnB3", 404)])
def test_satisfy_any(auth: str, credentials: str, status: int) -> None:
    text = 'server { listen 80; location / { satisfy any; auth_request /check; auth_basic "m"; auth_basic_user_file users; '
    text += f"try_files /none =404; }} location = /check {{ return {auth}; }} }}"
    asked = Site(text, {"/etc/nginx/users": "ann:{PLAIN}pw\n"})
    assert asked.get("/", headers=f"\nAuthorization: Basic {credentials}" if credentials else "")[0] == status


def test_a_challenge_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    async def challenge(request: Request) -> int:
        request.response.headers += [(b"X-Other", b"1"), (b"Www-authenticate", b"Bearer"), (b"WWW-Authenticate", b"Basic")]
        return 401

    async def hidden(request: Request) -> int:
        request.upstream = UpstreamState(headers=[(b"WWW-Authenticate", b"Digest")])
        return 401

    monkeypatch.setitem(HANDLERS, "empty_gif", challenge)
    monkeypatch.setitem(HANDLERS, "stub_status", hidden)
    answer = site("empty_gif;").serve("GET /x HTTP/1.1\nHost: x")
    assert b"keep-alive\r\nWww-authenticate: Bearer\r\n\r\n" in answer
    assert b"WWW-Authenticate: Digest\r\n\r\n" in site("stub_status;").serve("GET /x HTTP/1.1\nHost: x")
