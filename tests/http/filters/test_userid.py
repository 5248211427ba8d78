"""The cookies of userid."""

from __future__ import annotations

import base64
import itertools
import re
import struct

import pytest

from ngxpush.http.filters import userid

from ..serving import Site

_KNOWN = base64.b64encode(struct.pack(">4I", 0x7F000001, 0x65000000, 0x1234, 0x03030302)).decode()
_SHOWN = "uid=0100007F000000653412000002030303"


def _ask(settings: str, cookie: str = "") -> tuple[bytes, str, list[str]]:
    """The Set-Cookie line and those after it, the body, and what was logged."""
    site = Site(f'server {{ location / {{ {settings} return 200 "$uid_got|$uid_set"; }} }}')
    answer = site.serve("GET / HTTP/1.1\nHost: a" + (f"\nCookie: {cookie}" if cookie else ""))
    head, _, body = answer.partition(b"\r\n\r\n")
    said = [text.decode() if isinstance(text, bytes) else text for _, text in site.connection.logged]
    return head.partition(b"Set-Cookie: ")[2], body.decode(), said


def _identity(line: bytes) -> bytes:
    found = re.match(rb"\w+=([^;]*)", line)
    assert found is not None
    return base64.b64decode(found[1][:22] + b"==")


def test_a_new_client() -> None:
    line, shown, _ = _ask("userid on;")
    server, time, own, number = struct.unpack(">4I", _identity(line))
    assert (server, time, own) == (0x7F000001, 1_000_000_000, 25_000 << 16 | 77) and number & 0xFF == 2
    assert shown == "|uid=" + "".join(f"{number:08X}" for number in struct.unpack("<4I", _identity(line)))
    assert line.endswith(b"==; path=/")
    assert _identity(_ask("userid on;")[0]) != _identity(line)


def test_version_one() -> None:
    service, time, _, number = struct.unpack("<4I", _identity(_ask("userid v1;")[0]))
    assert (service, time, number & 0xFF) == (0, 1_000_000_000, 1)
    assert struct.unpack("<4I", _identity(_ask("userid v1; userid_service 7;")[0]))[0] == 7


@pytest.mark.parametrize(
    ("settings", "begin", "end"),
    [
        ("userid_name n; userid_domain d.example; userid_path /p;", b"n=", b"==; domain=d.example; path=/p"),
        ("userid_expires 1d;", b"uid=", b"==; expires=Mon, 10-Sep-01 01:46:40 GMT; path=/"),
        ("userid_expires max;", b"uid=", b"==; expires=Thu, 31-Dec-37 23:55:55 GMT; path=/"),
        ("userid_flags httponly samesite=lax secure;", b"uid=", b"==; path=/; secure; httponly; samesite=lax"),
        ("userid_p3p x;", b"uid=", b"==; path=/\r\nP3P: x"),
        ("userid_p3p none; userid_domain none;", b"uid=", b"==; path=/"),
        ("userid_mark x;", b"uid=", b"x=; path=/"),
    ],
)
def test_the_line(settings: str, begin: bytes, end: bytes) -> None:
    line = _ask(f"userid on; {settings}")[0]
    assert line.startswith(begin) and line.endswith(end)


@pytest.mark.parametrize(
    ("settings", "cookie", "shown"),
    [
        ("userid on;", f"uid={_KNOWN}", f"{_SHOWN}|"),
        ("userid on;", f"a=b; UID={_KNOWN}x", f"{_SHOWN}|"),
        ("userid log;", f"uid={_KNOWN}", f"{_SHOWN}|"),
        ("userid off;", f"uid={_KNOWN}", "|"),
        ("userid log;", "", "|"),
        ("userid on; userid_mark x;", f"uid={_KNOWN[:22]}x=", f"{_SHOWN}|"),
        ("userid on; userid_mark x;", f"uid={_KNOWN}", f"{_SHOWN}|{_SHOWN}"),
        ("userid on; set $uid_reset 0;", f"uid={_KNOWN}", f"{_SHOWN}|"),
    ],
)
def test_a_known_client(settings: str, cookie: str, shown: str) -> None:
    line, body, _ = _ask(settings, cookie)
    assert body == shown
    assert bool(line) == (not shown.endswith("|"))


@pytest.mark.parametrize(
    ("cookie", "said"),
    [
        ("uid=short", 'client sent too short userid cookie "uid=short"'),
        ("uid=" + 24 * "!", f'client sent invalid userid cookie "uid={24 * "!"}"'),
    ],
)
def test_a_cookie_that_makes_no_sense(cookie: str, said: str) -> None:
    line, body, logged = _ask("userid on;", cookie)
    assert logged == [said] and body.startswith("|uid=") and line


@pytest.mark.parametrize(("value", "logged"), [("1", []), ("log", [f'userid cookie "{_SHOWN}" was reset'])])
def test_a_reset(value: str, logged: list[str]) -> None:
    line, body, said = _ask(f"userid on; set $uid_reset {value};", f"uid={_KNOWN}")
    assert said == logged
    assert body.startswith(f"{_SHOWN}|uid=") and _identity(line) != base64.b64decode(_KNOWN)


def test_the_numbers_of_v1_begin_again_when_they_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(userid, "_numbers_of_v1", itertools.count(2**32 + 1))
    assert struct.unpack("<4I", _identity(_ask("userid v1;")[0]))[3] == 1
