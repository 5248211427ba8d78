"""A WSGI application in Debian's uWSGI, and Debian's memcached, beside the real nginx 1.22.1."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.running import end, free_port, wait_for_port

from .beside import OURS, needs_nginx, play, real_nginx

_UWSGI = shutil.which("uwsgi-core")
_MEMCACHED = shutil.which("memcached")

pytestmark = [
    needs_nginx,
    pytest.mark.skipif(_UWSGI is None, reason="needs Debian's uwsgi-core and uwsgi-plugin-python3 (make debian-packages)"),
    pytest.mark.skipif(_MEMCACHED is None, reason="needs Debian's memcached (make debian-packages)"),
]

_FORM = b"a=b&" + b"c" * 20000
_END = "Host: LocalHost:8\r\nConnection: close\r\n"
_PAGES = ["/", "/home?a=b%20c", "/a%20b/c", "/login", "/missing", "/static/page.txt"]
_PAGES += ["/cached/a.txt", "/cached/z.html", "/cached/none"]


def _requests() -> list[bytes]:
    # HTTP/1.0: into how many chunks an answer is cut is up to chance.
    pages = [f"{method} {page} HTTP/1.0\r\n{_END}Cookie: a=b\r\n\r\n".encode() for method in ("GET", "HEAD") for page in _PAGES]
    head = f"POST /form HTTP/1.1\r\n{_END}Content-Type: application/x-www-form-urlencoded\r\n"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(_FORM), _FORM)
    return [
        *pages,
        f"{head}Content-Length: {len(_FORM)}\r\n\r\n".encode() + _FORM,
        f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks,
        f"{head}Content-Length: 0\r\n\r\n".encode(),
    ]


@contextlib.contextmanager
def _running(port: int, *command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(port, process)
        yield
    finally:
        end(process, number=9)


def _store(port: int, key: str, flags: int, item: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"set %b %d 0 %d\r\n%b\r\n" % (key.encode(), flags, len(item), item))
        assert connection.recv(100) == b"STORED\r\n"


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    assert _UWSGI is not None
    assert _MEMCACHED is not None
    ports = {name: free_port() for name in ("PORT1", "PORT2", "PORT3")}
    script = str(Path(__file__).with_name("application.py"))
    uwsgi = (_UWSGI, "--plugin", "python3", "--socket", f"127.0.0.1:{ports['PORT2']}", "--wsgi-file", script, "--need-app")
    memcached = (_MEMCACHED, "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p", str(ports["PORT3"]))
    conf = Path(__file__).with_name("applications.conf")
    with _running(ports["PORT2"], *uwsgi), _running(ports["PORT3"], *memcached):
        _store(ports["PORT3"], "/cached/a.txt", 0, b"from memory\n")
        _store(ports["PORT3"], "/cached/z.html", 2, gzip.compress(b"<p>packed</p>\n"))
        real = play(real_nginx(), conf, ports, _requests(), tmp_path / "nginx")
        ours = play(OURS, conf, ports, _requests(), tmp_path / "ngxpush")
    assert any("from memory" in answer for answer in real)
    assert any("PATH_INFO=/a b/c" in answer for answer in real)
    assert ours == real
