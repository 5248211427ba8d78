"""uwsgi_pass, scgi_pass and memcached_pass beside the real nginx 1.22.1: each byte to the servers and the client, both logs."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest

from .beside import needs_nginx
from .scripted import Case, ask_both

pytestmark = [needs_nginx, pytest.mark.timed("answers that come in pieces, with a pause between them")]

_OK = b"Status: 200 OK\r\nContent-Type: text/x\r\nX-A: 1\r\n\r\nbody"
_HEADERS = (
    b"X-a: 1\r\nx-B: 2\r\nX-C: 3\r\nX-A: 4\r\nX_D: 5\r\nCookie: a=b\r\nCookie: c=d\r\n"
    b"X-Forwarded-For: 1\r\nX-Forwarded-For: 2\r\n"
    b"Content-Type: t/t\r\nX-Y!z: q\r\nEmpty:\r\nUpgrade: up\r\nKeep-Alive: 1\r\nAuthorization: b\r\n"
)
_ANSWERS = [
    b"HTTP/1.1 404 Nope\r\nX-A: 1\r\n\r\nx",
    b"HTTP/1.0 200 OK\r\nStatus: 500 Bad\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nX-A: 2\r\n\r\nb",
    b"HTTP/1.1 20 X\r\n\r\nx",
    b"HTTP/2 200 OK\r\n\r\nx",
    b"HTT: 1\r\n\r\nx",
    b"Status: 404\r\n\r\nx",
    b"Status: 40\r\n\r\nx",
    b"Status: 4044 X\r\n\r\nx",
    b"Status: \r\n\r\nx",
    b"Status: 404 A\r\nStatus: 200 B\r\n\r\nx",
    b"Status: 204 N\r\n\r\nx",
    b"Status: 304 N\r\nContent-Length: 3\r\n\r\n",
    b"Status: 000\r\n\r\nx",
    b"Location: /a\r\n\r\nx",
    b"Location: http://o/a\r\n\r\nx",
    b"Status: 201 C\r\nLocation: rel\r\n\r\nx",
    b"\r\nx",
    b"X-A: 1\n\nx",
    b"bad line\r\n\r\nx",
    b" X-A: 1\r\n\r\nx",
    b"Content-Length: 3\r\n\r\nabcdef",
    b"Content-Length: 10\r\n\r\nabc",
    b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabcdef",
    b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"",
    b"X-A: 1\r\n",
    b"Date: d\r\nServer: s\r\nX-Pad: p\r\nX-Accel-Expires: 5\r\nConnection: close\r\nKeep-Alive: x\r\n"
    b"Set-Cookie: a=b\r\nRefresh: 0; url=/a\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
    b"Content-Encoding: gzip\r\nVary: V\r\nLink: l\r\n\r\nx",
    b"X-Accel-Redirect: /int?x\r\nSet-Cookie: a=b\r\nX-O: 1\r\nStatus: 201 C\r\n\r\nx",
    b"X-A: " + b"y" * 4200 + b"\r\n\r\nx",
    b"Content-Type: text/html; charset=utf-8\r\n\r\nx",
]
_ITEM = b"VALUE k 0 4\r\nbody\r\nEND\r\n"
_ZIPPED = gzip.compress(b"hello zipped", mtime=0)
_ITEMS = [
    _ITEM,
    *(b"END\r\n", b"END\n", b"END\r\nmore", b"ENDX\r\n", b"ERROR\r\n", b"\r\n", b"", b"VALUE", b"VALUE k\r\n", b"VALUE k 0\r\n"),
    *(b"VALUE k2 0 4\r\n", b"VALUE j 0 4\r\n", b"VALUE k x 4\r\nbody\r\nEND\r\n", b"VALUE k 0 x\r\n", b"VALUE k 0 4 77\r\n"),
    *(b"VALUE k 0 0\r\n\r\nEND\r\n", b"VALUE k 0  4\r\n", b"VALUE k 0 4\nbody\r\nEND\r\n", b"VALUE k 0 -4\r\n", b"VA\0LUE k\r\n"),
    *(b"VALUE k 0 4\r\nbodyx\r\nEND\r\n", _ITEM + b"x", b"VALUE k 2 4\r\nbody\r\nEND\r\n"),
    b"VALUE k 3 %d\r\n" % len(_ZIPPED) + _ZIPPED + b"\r\nEND\r\n",
]
_TARGETS = "two uwsgi://two scgi://two nope 127.0.0.1 uwsgi:// 127.0.0.1:99999 127.0.0.1:80/x http://127.0.0.1:80 unix:"


def _ask(path: str, headers: bytes = b"", method: str = "GET", body: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body) if body or method == "POST" else b""
    return f"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n".encode() + headers + length + b"\r\n" + body


def _requests() -> list[Case]:
    cases = [Case(_ask(f"{path}?a=1", _HEADERS), [_OK]) for path in ("/u", "/s", "/up", "/sp", "/uh")]
    cases += [Case(_ask("/s", b"X-Big: " + b"a" * 7000 + b"\r\n"), [_OK])]
    for path in ("/s", "/sp", "/sl", "/up", "/uh"):
        cases += [Case(_ask(path, method="POST", body=b"hello body that is long enough"), [_OK])]
        chunked = _ask(path, b"Transfer-Encoding: chunked\r\n").replace(b"GET", b"POST", 1) + b"5\r\nhello\r\n0\r\n\r\n"
        cases += [Case(_ask(path, method="POST"), [_OK]), Case(chunked, [_OK])]
    return cases


def _answers() -> list[Case]:
    cases = [Case(_ask(path), [answer]) for path in ("/u", "/s") for answer in _ANSWERS]
    cases += [Case(_ask("/u"), [b"Sta", b"tus: 404 X\r\nX-", b"A: b\r\n\r", b"\nbod", b"y"])]
    cases += [Case(_ask("/s"), [b"HTTP/1.1 2", b"01 X\r\nX-", b"A: b\r\n\r", b"\nbod", b"y"])]
    cases += [Case(_ask(path, method="HEAD"), [_OK]) for path in ("/u", "/s")]
    cases += [Case(_ask("/ux"), [b"X-A: 1\r\nX-Accel-Expires: 5\r\nServer: s\r\n\r\nx"])]
    cases += [Case(_ask("/ui"), [b"Status: 404 X\r\n\r\nx"]), Case(_ask("/ui"), [b"Status: 405 X\r\n\r\nx"])]
    # HTTP/1.0: into how many chunks a body is cut is up to chance.
    long = _ask("/ubs").replace(b"HTTP/1.1", b"HTTP/1.0")
    cases += [Case(long, [b"X-A: " + b"y" * count + b"\r\n\r\n" + b"b" * 300]) for count in (200, 80)]
    cases += [Case(_ask("/uk"), [b"Content-Length: 1\r\n\r\nx"], stays=True)] * 2
    cases += [Case(_ask("/uf", b"Range: bytes=1-2\r\n"), [b"Content-Length: 4\r\n\r\nabcd"])]
    lines = (b"Status: 404 X", b"bad\0", b"", b"Status: 503 x", b"Status: x", b"Status: 500 x")
    cases += [Case(_ask("/ut"), [line and line + b"\r\n\r\nx"], [_OK]) for line in lines]
    cases += [Case(_ask(f"{path}?t={target}"), [_OK], [_OK]) for path in ("/uv", "/sv") for target in _TARGETS.split()]
    return [*cases, Case(_ask("/dead")), Case(_ask("/sdead"))]


def _items() -> list[Case]:
    cases = [Case(_ask(f"{path}/a.txt?k=k"), [item]) for path in ("/m", "/mg") for item in _ITEMS]
    cases += [Case(_ask(f"/m?k={key}"), [b"END\r\n"]) for key in ("", "a+b", "k%20a", "k%", 'a"b', "a/b?c")]
    cases += [Case(_ask("/m/a.txt?k=k", method=method), [_ITEM]) for method in ("HEAD", "POST", "OPTIONS")]
    cases += [Case(_ask("/m/a.txt?k=k", body=b"some body"), [_ITEM])]
    cases += [Case(_ask("/m?k=k"), [_ITEM[:3], _ITEM[3:12], _ITEM[12:21], _ITEM[21:]]), Case(_ask("/m?k=k"), [_ITEM[:17], b"XX"])]
    cases += [Case(_ask("/m/x.html?k=k", b"Range: bytes=1-2\r\n"), [_ITEM])]
    cases += [Case(_ask("/mn?k=k"), [first], [_ITEM]) for first in (b"END\r\n", b"bad\r\n", b"", _ITEM)]
    cases += [Case(_ask("/mn?k=k"), [b"END\r\n"], [b"END\r\n"])]
    cases += [Case(_ask("/mk?k=k"), [item], stays=True) for item in (_ITEM, b"END\r\n", _ITEM, _ITEM)]
    cases += [Case(_ask("/me/x?k=k"), [item]) for item in (b"END\r\n", _ITEM, b"bad\r\n")]
    long = b"VALUE k 0 200\r\n" + b"b" * 200 + b"\r\nEND\r\n"
    cases += [Case(_ask("/mb?k=k"), [item]) for item in (long, b"VALUE " + b"k" * 100)]
    return [*cases, Case(_ask("/mg?k=k", b"Accept-Encoding: gzip\r\n"), [_ITEMS[-1]]), Case(_ask("/md?k=k"))]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    cases = [*_requests(), *_answers(), *_items()]
    real, ours = asyncio.run(ask_both(Path(__file__).with_name("gateways.conf"), cases, tmp_path))
    assert len(real) > 500
    assert ours == real
