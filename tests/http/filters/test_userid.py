"""userid: the cookie and its variables, as nginx 1.22.1 has them."""

from __future__ import annotations

import pytest

from ..serving import Site

_COOKIE = "fwAAAWW8pDsFAw4CAwMEAg"
_SHOWN = "uid=0100007F3BA4BC65020E030502040303"
_SITE = """server {
    location / { userid on; return 200 "$uid_got|$uid_set"; } location /off { return 200 "$uid_got|$uid_set"; }
    location /log { userid log; return 200 "$uid_got|$uid_set"; }
    location /mark { userid on; userid_mark Z; userid_expires 1d; userid_p3p x; return 200 "$uid_got|$uid_set"; }
    location /v1 { userid v1; userid_service 7; userid_expires max; userid_domain d; userid_path /p; return 200 x; }
    location /flags { userid on; userid_service 1; userid_flags secure samesite=lax httponly; userid_expires off; return 200 x; }
    location /reset { userid on; set $uid_reset $arg_r; return 200 "$uid_got|"; }
}"""


@pytest.mark.parametrize(
    ("target", "cookie", "body", "sent"),
    [
        ("/", f"a=b; uid={_COOKIE}==", f"{_SHOWN}|", None),
        ("/", f"uid={_COOKIE}", f"{_SHOWN}|", None),
        ("/off", f"uid={_COOKIE}", "|", None),
        ("/log", f"uid={_COOKIE}", f"{_SHOWN}|", None),
        ("/log", "x=y", "|", None),
        ("/mark", f"uid={_COOKIE}==", f"{_SHOWN}|{_SHOWN}", f"uid={_COOKIE}Z=; expires=Mon, 10-Sep-01 01:46:40 GMT; path=/"),
        ("/mark", f"uid={_COOKIE}Z=", f"{_SHOWN}|", None),
        ("/reset?r=0", f"uid={_COOKIE}==", f"{_SHOWN}|", None),
    ],
)
def test_a_cookie_that_the_client_has(target: str, cookie: str, body: str, sent: str | None) -> None:
    site = Site(_SITE)
    head, _, text = site.serve(f"GET {target} HTTP/1.1\nHost: a\nCookie: {cookie}").partition(b"\r\n\r\n")
    assert text.decode() == body
    cookies = [line[12:].decode() for line in head.split(b"\r\n") if line.startswith(b"Set-Cookie: ")]
    assert cookies == ([] if sent is None else [sent])


@pytest.mark.parametrize(
    ("target", "begin", "end"),
    [
        ("/", b"uid=fwAAATuaygA", b"; path=/"),
        ("/v1", b"uid=BwAAAADKmj", b"; expires=Thu, 31-Dec-37 23:55:55 GMT; domain=d; path=/p"),
        ("/flags", b"uid=AAAAATuaygA", b"; path=/; secure; httponly; samesite=lax"),
    ],
)
def test_a_new_cookie(target: str, begin: bytes, end: bytes) -> None:
    first, second = (Site(_SITE).serve(f"GET {target} HTTP/1.1\nHost: a") for _ in range(2))
    line = next(line[12:] for line in first.split(b"\r\n") if line.startswith(b"Set-Cookie: "))
    assert line.startswith(begin)
    assert line.endswith(end)
    assert line not in second


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("short", b'client sent too short userid cookie "uid=short"'),
        ("!" * 24, b'client sent invalid userid cookie "uid=%b"' % (b"!" * 24)),
    ],
)
def test_a_cookie_that_makes_no_sense(value: str, message: bytes) -> None:
    site = Site(_SITE)
    assert b"Set-Cookie: uid=" in site.serve(f"GET / HTTP/1.1\nHost: a\nCookie: uid={value}")
    assert site.connection.logged == [("error", message)]


def test_a_reset_may_be_logged() -> None:
    site = Site(_SITE)
    assert b"Set-Cookie: uid=" in site.serve(f"GET /reset?r=log HTTP/1.1\nHost: a\nCookie: uid={_COOKIE}")
    assert site.connection.logged == [("notice", b'userid cookie "%b" was reset' % _SHOWN.encode())]
