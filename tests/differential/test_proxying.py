"""proxy_pass and upstream beside the real nginx 1.22.1: every answer and every line of the logs, in their order."""

from __future__ import annotations

from pathlib import Path

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_ROUNDS = [*["/w"] * 9, *["/ih"] * 3, *["/lc"] * 4, *["/nb"] * 3, *["/mf"] * 4, *["/ka"] * 5]
_GROUPS = ["/alldown", "/two_down", "/un", "/un/q", "/dom"]
_KEYS = [
    f"/{group}?k={key}"
    for group in ("ch", "hw", "hd")
    for key in ("", "", "", "", "", "a", "b", "c", "d", "room-1", "room-2", "x", "yy")
]
_TARGETS = """
    /nx/404 /nx/503 /nx/429 /nx/403 /nx/500 /nxn/503 /ie/404 /ie/500 /ie/302 /ie/401 /ie/403 /ep /ep2
    /r1/302 /r2/302 /r3/302 /r1/302r /r2/302r /hh /hh2/ /cs /cs2/ /xa /xa?t=/q /xa?t=f /xn /xi/ /h0 /sh
    /re/a%20b?c /rv/a?x=1 /rv/a /vq?a=1 /q?x=2 /q /noslash /noslashes/y?z /exact?z=%20 /nosp/x
    /page.txt /fr/page.txt /big.txt /bigc/big.txt /s/204 /s/444 /s/429 /gz/page.txt /gz/x
    /le /iff /iff?x=1 /iff2?x=1 /iff2 /sub/x /tf/page.txt /tf/f2.txt?x /tf//a%2fb /rw/a%20b?c=d
    /vars/q?w /badvar /badport /novar /vargroup /varlocal /varunix /host80 /addh /te /x%3f
"""
_POSTED = ["/nx/503", "/nxn/503", "/le", "/bodym", "/bodyl", "/h0", "/xa?t=/q", "/ep", "/ep2", "/page.txt"]
_HEADERS = [
    ("/page.txt", "Range: bytes=0-1"),
    ("/fr/page.txt", "Range: bytes=0-1"),
    ("/page.txt", "If-None-Match: *"),
    ("/gz/page.txt", "Accept-Encoding: gzip"),
    ("/gz/big.txt", "Accept-Encoding: gzip\r\nVia: x"),
    ("/dom", "Authorization: Basic abc\r\nX-Forwarded-For: 1.2.3.4\r\nx-a: 1\r\nX-A: 2\r\nKeep-Alive: 3\r\nTE: x\r\nUpgrade: y"),
]


def _requests() -> list[bytes]:
    end = "Host: LocalHost:8\r\nConnection: close\r\n"
    texts = [f"GET {target} HTTP/1.1\r\n{end}\r\n" for target in (*_ROUNDS, *_GROUPS, *_KEYS, *_TARGETS.split())]
    texts += [f"HEAD {target} HTTP/1.1\r\n{end}\r\n" for target in ("/s/500", "/page.txt", "/ka", "/ka", "/xa")]
    texts += [f"POST {target} HTTP/1.1\r\n{end}Content-Length: 9\r\n\r\nabcabcabc" for target in _POSTED]
    texts += [f"GET {target} HTTP/1.1\r\n{end}{headers}\r\n\r\n" for target, headers in _HEADERS]
    return [text.encode() for text in texts]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    real, ours = ask_both(Path(__file__).with_name("proxying.conf"), _requests(), tmp_path)
    assert len(real) > 300
    assert ours == real
