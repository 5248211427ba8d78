"""auth_request, mirror, addition and post_action beside the real nginx 1.22.1: every answer and every line of the logs."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.running import NGXPUSH, end, free_port, wait_for_port

_NGINX = shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(_NGINX is None, reason="no nginx here")

_CONF = Path(__file__).with_name("subrequests.conf")
_TARGET = re.compile(r"location (/(?:add|auth|mirror|post|loop)\S*) ")
_END = "Connection: close\r\n\r\n"


def _requests() -> list[bytes]:
    """Each target with and without arguments, a body, what the check looks at; and with a request behind it."""
    texts = []
    for target in _TARGET.findall(_CONF.read_text()):
        texts += [
            f"GET {target}?a=1 HTTP/1.1\r\nHost: localhost\r\n{_END}",
            f"HEAD {target} HTTP/1.1\r\nHost: localhost\r\nX-Deny: 1\r\n{_END}",
            f"GET {target} HTTP/1.0\r\nX-Who: 1\r\nAccept-Encoding: gzip\r\n\r\n",
            f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n{_END}abcd",
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /text/next HTTP/1.1\r\nHost: localhost\r\n{_END}",
        ]
    return [text.encode() for text in texts]


def _ask(port: int, request: bytes) -> bytes:
    """All that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _same(text: str, ports: tuple[int, int], folder: Path) -> str:
    """Without what is another in each run."""
    for number, port in enumerate(ports, 1):
        text = text.replace(str(port), f"PORT{number}")
    text = re.sub(r"Date: [^\r]*", "Date", text.replace(str(folder), "FOLDER"))
    return re.sub(r"(?m)^\S+ \S+ (\[\w+\]) \d+#\d+: (?:\*\d+ )?", r"\1 ", text)


def _play(command: list[str], folder: Path) -> list[str]:
    """The answers to all requests, then the lines of the logs."""
    for name in ("logs", "html", "temp"):
        (folder / name).mkdir(parents=True)
    for name, text in (("page.html", "<p>Hello World</p>\n"), ("page.txt", "Hello text\n")):
        (folder / "html" / name).write_text(text)
        os.utime(folder / "html" / name, (10**9, 10**9))
    ports = (free_port(), free_port())
    conf = _CONF.read_text()
    for number, port in enumerate(ports, 1):
        conf = conf.replace(f"PORT{number}", str(port))
    (folder / "nginx.conf").write_text(conf)
    options = ["-p", str(folder), "-c", "nginx.conf", "-g", f"daemon off; master_process off; pid {folder}/nginx.pid;"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(ports[0], process)
        lines = [_same(_ask(ports[0], request).decode("latin-1"), ports, folder) for request in _requests()]
    finally:
        end(process)
    lines += (folder / "logs/access.log").read_text().splitlines()
    errors = _same((folder / "logs/error.log").read_text(), ports, folder)
    return lines + [line for line in errors.splitlines() if not re.match(r"\[notice\]|.*client closed|.*closed keepalive", line)]


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    assert _NGINX is not None
    real = _play([_NGINX], tmp_path / "nginx")
    assert len(real) > 500
    assert _play([str(NGXPUSH), "nginx"], tmp_path / "ngxpush") == real
