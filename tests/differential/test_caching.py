"""proxy_cache beside the real nginx 1.22.1: every answer and every line of the logs, in their order."""

from __future__ import annotations

import re
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from .beside import ask_both, needs_nginx

pytestmark = needs_nginx

_SHOWN = (b"range", b"if-", b"x:")


class _Upstream(socketserver.StreamRequestHandler):
    """Answers with what the arguments say: `s` a status, `h` lines, `ch` chunks, `nl` no length, `few` not all of it."""

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode().split()
        lines = list(iter(lambda: self.rfile.readline().strip(), b""))
        given = urllib.parse.parse_qs(target.partition("?")[2], keep_blank_values=True)
        body = b" | ".join([b"0123456789", *(line for line in lines if line.lower().startswith(_SHOWN))])
        head = [f"HTTP/1.1 {given.get('s', ['200 OK'])[0]}", f"X-Up: {method}", *given.get("h", [])]
        if "ch" in given:
            head.append("Transfer-Encoding: chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        elif "nl" not in given:
            head.append(f"Content-Length: {len(body) + 5 * ('few' in given)}")
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + (b"" if method == "HEAD" else body))


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Upstream) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


_LINES = [
    "",
    "X-Accel-Expires:60&h=Cache-Control:no-cache",
    "Cache-Control:no-cache&h=X-Accel-Expires:60",
    "Cache-Control:max-age=0",
    "X-Accel-Expires:0&h=Cache-Control:max-age=60",
    "Cache-Control:max-age=60,s-maxage=0",
    "Expires:0&h=Cache-Control:max-age=60",
    "Cache-Control:max-age=60&h=Expires:0",
    "Set-Cookie:a=b",
    "Vary:*",
    "Vary:x",
    "Content-Type:text/plain&h=ETag:%22e%22&h=Last-Modified:Mon,%2001%20Jan%202001%2000:00:00%20GMT&h=Accept-Ranges:bytes",
    "X-Accel-Redirect:/off",
    "X-Accel-Buffering:no",
]
_TWICE = [f"/l{number}?h={lines}" for number, lines in enumerate(_LINES)]
_TWICE += [f"/ignored/{number}?h={lines}" for number, lines in enumerate(_LINES)]
_TWICE += [
    "/ch?ch",
    "/nl?nl",
    "/cut?few",
    "/gone?s=410%20Gone&h=Last-Modified:Mon,%2001%20Jan%202001%2000:00:00%20GMT",
    "/404?s=404%20No",
    "/500?s=500%20No",
    "/301?s=301%20Moved&h=Location:/x",
    "/302?s=302%20F&h=Location:y",
]
_TWICE += ["/uri/a%20b?c", "/few", "/few", "/off", "/unbuffered", "/down", "/caught?s=404%20No", "/which?z=one", "/which?z=off"]
_TWICE += ["/which?z=no", "/which", "/long" + "a" * 200, "/by?n=1", "/by", "/by?b=1", "/by?b=0", "/gzip"]
_MARKED = "h=ETag:%22e%22&h=Last-Modified:Mon,%2001%20Jan%202001%2000:00:00%20GMT&h=Accept-Ranges:bytes"
_HEADERS = [
    ("/m?" + _MARKED, 'If-None-Match: "e"'),
    ("/m?" + _MARKED, "If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT"),
    ("/m?" + _MARKED, "If-Match: x"),
    ("/r?" + _MARKED, "Range: bytes=2-3"),
    ("/r?" + _MARKED, "Range: bytes=2-3,5-"),
    ("/r?" + _MARKED, 'Range: bytes=2-3\r\nIf-Range: "no"'),
    ("/r?" + _MARKED, "Range: bytes=99-"),
    ("/far?a", "Range: bytes=4-"),
    ("/far?b", "Range: bytes=5-"),
    ("/far?c", "Range: bytes=-5"),
    ("/forced", "Range: bytes=4-5"),
    ("/etags?h=ETag:%22a%22&" + _MARKED, 'If-None-Match: "e"'),
    ("/none", "Range: bytes=4-5"),
    ("/typed?h=Content-Type:text/plain;charset=utf-8&" + _MARKED, 'If-None-Match: "e"'),
    ("/vary?h=Vary:x", "x: 1"),
    ("/vary?h=Vary:x", "x: 2"),
    ("/gzip", "Accept-Encoding: gzip"),
]


def _requests() -> list[bytes]:
    end = "Host: localhost\r\nConnection: close\r\n"
    texts = [f"GET {target} HTTP/1.1\r\n{end}\r\n" for target in _TWICE for _ in range(2)]
    texts += [f"GET {target} HTTP/1.1\r\n{end}{headers}\r\n\r\n" for _ in range(2) for target, headers in _HEADERS]
    heads = ("/h", "/head", "/cut?few", "/longer" + "a" * 200)
    texts += [f"{method} {target} HTTP/1.1\r\n{end}\r\n" for target in heads for method in ("HEAD", "GET", "HEAD")]
    texts += [f"POST {target} HTTP/1.1\r\n{end}Content-Length: 1\r\n\r\na" for target in ("/p", "/post", "/post")]
    return [text.encode() for text in texts]


def _without_boundaries(lines: list[str]) -> list[str]:
    """Boundaries are numbers that nginx begins at random."""
    return [re.sub(r"\b\d{20}\b", "BOUNDARY", line) for line in lines]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path, upstream: int) -> None:
    conf = tmp_path / "caching.conf"
    conf.write_text(Path(__file__).with_name("caching.conf").read_text().replace("UPSTREAM", str(upstream)))
    real, ours = ask_both(conf, _requests(), tmp_path)
    assert len(real) > 200
    assert _without_boundaries(ours) == _without_boundaries(real)
    files = [sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*") if len(path.name) == 32)
             for name in ("nginx", "ngxpush")]  # fmt: skip
    assert files[0] == files[1]
