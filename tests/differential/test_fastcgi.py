"""fastcgi_pass beside the real nginx 1.22.1: scripted servers, and Debian's PHP with its snippet."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.patience import wait_until
from tests.running import end, free_port

from .beside import OURS, needs_nginx, play, real_nginx
from .scripted import Case, ask_both

_CONF = Path(__file__).with_name("fastcgi.conf")
_PHP = Path("/usr/sbin/php-fpm8.2")

pytestmark = needs_nginx


def _record(kind: int, content: bytes = b"", padding: int = 0) -> bytes:
    return bytes((1, kind, 0, 1)) + len(content).to_bytes(2, "big") + bytes((padding, 0)) + content + bytes(padding)


def _out(content: bytes = b"", padding: int = 0) -> bytes:
    return _record(6, content, padding)


def _err(content: bytes) -> bytes:
    return _record(7, content)


def _ask(path: str, headers: bytes = b"", method: str = "GET", body: bytes = b"") -> bytes:
    # HTTP/1.0: into how many chunks an answer is cut is up to chance.
    length = b"Content-Length: %d\r\n" % len(body) if body or method == "POST" else b""
    return f"{method} {path} HTTP/1.0\r\nHost: h\r\n".encode() + headers + length + b"\r\n" + body


_HEAD = b"Content-Type: text/plain\r\nX-A: b\r\n\r\n"
_END = _record(3, bytes(8))
_LAST = _out() + _END
_OK = _out(_HEAD + b"hello", 3) + _LAST
_LONG = b"Content-Length: 10\r\n" + _HEAD + b"hello"
_SHORT = b"Content-Length: 3\r\n" + _HEAD + b"hello"
_HEADERS = (
    b"X-a: 1\r\nx-B: 2\r\nX-C: 3\r\nX-A: 4\r\nCookie: a=b\r\nCookie: c=d\r\nX-Y!z: q\r\nEmpty:\r\nProxy: p\r\n"
    b"X-Forwarded-For: 1\r\nX-Forwarded-For: 2\r\nContent-Type: t/t\r\nAuthorization: Basic YTpi\r\n"
)
_HEADS = (
    *(b"Status: 404 Nope\r\n", b"Status: 404\r\n", b"Status: abc\r\n", b"Status: 12\r\n", b"Status:\r\n", b"Status: 2000 OK\r\n"),
    *(b"HTTP/1.1 403 No\r\n", b"Status: 200 A\r\nStatus: 500 B\r\n", b"Status: 204 N\r\n", b"Status: 304 N\r\n"),
    *(
        b"Location: /a\r\n",
        b"Location: http://o/a\r\n",
        b"Status: 201 C\r\nLocation: rel\r\n",
        b"X Y: z\r\n",
        b"X-Y\r\n",
        b": x\r\n",
    ),
    b"X-Accel-Redirect: /int?x\r\nSet-Cookie: a=b\r\nStatus: 201 C\r\n",
    b"X-B: " + b"y" * 5000 + b"\r\n",
    b"Date: d\r\nServer: s\r\nServer: t\r\nX-Pad: p\r\nConnection: k\r\nRefresh: 0; url=/a\r\nTransfer-Encoding: chunked\r\n",
)
_ANSWERS = (
    *(_OK, b"", _OK[:10], _out(_HEAD), _out(_HEAD + b"hel"), _out(_HEAD + b"hello")[:-2], _out(_HEAD + b"hello") + _out()),
    *(_out(_LONG), _out(_LONG) + _LAST, _out(_LONG) + _END, _out(_SHORT) + _LAST, _out(_HEAD + b"hello") + _LAST + b"more"),
    *(_out(_HEAD[:9]) + _out(_HEAD[9:]) + _LAST, _err(b"Oops. \r\n") + _OK, _err(b"y" * 5000) + _OK, _err(b"only") + _END),
    _out(_HEAD + b"he") + _err(b"in between\n") + _out(b"llo") + _out() + _err(b"late") + _END,
    *(b"\2", b"\1\1", b"\1\6\3", b"\1\6\0\2", _END, _out(), _out(b"X: y\r\n") + _END, b"HTTP/1.1 200 OK\r\n\r\n"),
    *(_out(_HEAD + b"hello") + b"\1\1", _out(_HEAD + b"hello") + b"\3"),
)
_TARGETS = "two nope 127.0.0.1 127.0.0.1:99999 127.0.0.1:80/x http://127.0.0.1:80 unix:"


def _cases() -> list[Case]:
    cases = [Case(_ask(f"{path}?a=1", _HEADERS), [_OK]) for path in ("/f", "/fp", "/fh")]
    cases += [Case(_ask(path, method="POST", body=b"hello"), [_OK]) for path in ("/f", "/fp", "/fh")]
    cases += [Case(_ask("/f"), [_out(lines + _HEAD + b"hello") + _LAST]) for lines in _HEADS]
    cases += [Case(_ask(path), [answer]) for path in ("/f", "/fn", "/fk", "/fnk") for answer in _ANSWERS]
    cases += [Case(_ask("/f"), [_OK[:5], _OK[5:30], _OK[30:60], _OK[60:]]), Case(_ask("/f", method="HEAD"), [_OK])]
    cases += [Case(_ask(path), [_OK[:-4], _OK[-4:]], stays=True) for path in ("/fk", "/fnk")] * 2
    cases += [Case(_ask("/fc"), [_err(b"PHP Fatal error") + _OK]), Case(_ask("/fc"), [_err(b"warning") + _OK])]
    cases += [Case(_ask("/fi"), [_out(b"Status: %d X\r\n\r\nx" % status) + _LAST]) for status in (404, 500)]
    cases += [Case(_ask("/fx"), [_out(b"X-Accel-Expires: 5\r\nStatus: 200 Fine\r\n" + _HEAD) + _LAST])]
    cases += [Case(_ask("/ft"), [_out(b"Status: %d X\r\n\r\n" % status) + _LAST], [_OK]) for status in (503, 404, 500)]
    cases += [Case(_ask("/ft"), [answer], [_OK]) for answer in (b"", b"\2")]
    cases += [Case(_ask("/fr", b"Range: bytes=1-2\r\n"), [_out(b"Content-Length: 4\r\n\r\nabcd") + _LAST])]
    cases += [Case(_ask(f"/fv?t={target}"), [_OK], [_OK]) for target in _TARGETS.split()]
    return [*cases, Case(_ask("/dead"))]


def _copy_parameters(directory: Path) -> None:
    """Debian's snippet includes `fastcgi.conf`, which stands beside the main file there."""
    for name in ("nginx", "ngxpush"):
        (directory / name).mkdir()
        (directory / name / "fastcgi.conf").write_bytes(Path("/etc/nginx/fastcgi.conf").read_bytes())


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    _copy_parameters(tmp_path)
    real, ours = asyncio.run(ask_both(_CONF, _cases(), tmp_path))
    assert len(real) > 400
    assert ours == real


_PAGE = """<?php
header("X-Method: " . $_SERVER["REQUEST_METHOD"]);
if (isset($_GET["to"])) { header("Location: " . $_GET["to"]); exit; }
if (isset($_GET["status"])) { http_response_code((int) $_GET["status"]); }
if (isset($_GET["log"])) { error_log("from PHP"); }
foreach (["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "HTTP_HOST", "HTTP_X_A", "SCRIPT_FILENAME"] as $name) {
    echo $name, "=", $_SERVER[$name] ?? "none", "\\n";
}
echo strlen(file_get_contents("php://input")), " ", json_encode($_POST), "\\n", str_repeat("x", (int) ($_GET["n"] ?? 0));
"""
_FPM = """[global]
error_log = {directory}/php.log
[www]
user = root
group = root
listen = {directory}/php.sock
pm = static
pm.max_children = 2
catch_workers_output = no
"""
_PHP_PAGES = [
    "/a.php",
    "/a.php/more/path?x=1",
    "/missing.php",
    "/missing.php/x",
    "/sub/b.php?n=100000",
    "/a.phpx",
    "/a.php?status=404",
]
_PHP_PAGES += ["/a.php?status=404", "/a.php?to=/b", "/a.php?to=http://o/b", "/a.php?log=1", "/a.php/b.php/c"]


def _wait_for(socket: Path, process: subprocess.Popen[bytes]) -> None:
    wait_until(lambda: socket.exists() or process.poll() is not None)
    assert socket.exists(), "php-fpm does not come up"


@pytest.mark.skipif(not _PHP.exists(), reason="needs Debian's php-fpm (make debian-packages)")
def test_a_page_of_php(tmp_path: Path) -> None:
    _copy_parameters(tmp_path)
    for name in ("site/a.php", "site/sub/b.php"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(_PAGE)
    conf = tmp_path / "site.conf"
    conf.write_text(_CONF.read_text().replace("DIRECTORY/..", str(tmp_path)))
    (tmp_path / "fpm.conf").write_text(_FPM.format(directory=tmp_path))
    requests = [_ask(page, b"X-A: 1\r\n", method) for method in ("GET", "HEAD") for page in _PHP_PAGES]
    requests += [_ask("/a.php", b"Content-Type: application/x-www-form-urlencoded\r\n", "POST", b"a=b&c=" + b"d" * 20000)]
    ports = {name: free_port() for name in ("PORT1", "PORT2", "PORT3")}
    fpm = subprocess.Popen([_PHP, "-F", "-R", "-y", tmp_path / "fpm.conf"], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(tmp_path / "php.sock", fpm)
        real = play(real_nginx(), conf, ports, requests, tmp_path / "nginx")
        ours = play(OURS, conf, ports, requests, tmp_path / "ngxpush")
    finally:
        end(fpm)
    assert any("PATH_INFO=/more/path" in answer for answer in real), real[1]
    assert ours == real
