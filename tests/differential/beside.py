"""A configuration served by the real nginx 1.22.1 and by ngxpush, and the same requests sent to both."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from tests.running import NGXPUSH, end, free_port, wait_for_port

NGINX = shutil.which("nginx", path="/usr/sbin")
_UNINTERESTING = re.compile(r"\[notice\]|.*(client closed|closed keepalive|temporary file|Interrupted system call)")


def ask_both(conf: Path, requests: list[bytes], directory: Path) -> tuple[list[str], list[str]]:
    """What nginx and what ngxpush answers to the requests, one after the other, followed by the lines of the logs.

    conf: PORT1 (the one that is asked), PORT2 … in it become free ports.  Each request has to end with its connection.
    """
    assert NGINX is not None
    text = conf.read_text()
    ports = {name: free_port() for name in sorted(set(re.findall(r"PORT\d", text)))}
    for name, port in ports.items():
        text = text.replace(name, str(port))
    real = _play([NGINX], text, ports, requests, directory / "nginx")
    return real, _play([str(NGXPUSH), "nginx"], text, ports, requests, directory / "ngxpush")


def _play(command: list[str], conf: str, ports: dict[str, int], requests: list[bytes], directory: Path) -> list[str]:
    for name in ("logs", "html", "temp"):
        (directory / name).mkdir(parents=True)
    for name, text in (("page.html", "<p>Hello World</p>\n"), ("page.txt", "Hello text\n"), ("big.txt", "0123456789\n" * 3000)):
        (directory / "html" / name).write_text(text)
        os.utime(directory / "html" / name, (10**9, 10**9))
    (directory / "nginx.conf").write_text(conf.replace("DIRECTORY", str(directory)))
    options = ["-p", str(directory), "-c", "nginx.conf", "-g", f"daemon off; master_process off; pid {directory}/nginx.pid;"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(ports["PORT1"], process)
        lines = [_same(_ask(ports["PORT1"], request).decode("latin-1"), ports, directory) for request in requests]
    finally:
        end(process)
    lines += [_same(line, ports, directory) for line in (directory / "logs/access.log").read_text().splitlines()]
    errors = _same((directory / "logs/error.log").read_text(), ports, directory)
    return lines + [line for line in errors.splitlines() if not _UNINTERESTING.match(line)]


def _ask(port: int, request: bytes) -> bytes:
    """All that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _same(text: str, ports: dict[str, int], directory: Path) -> str:
    """Without what is another in each run."""
    for name, port in ports.items():
        text = text.replace(str(port), name)
    text = re.sub(r"(Date|Expires): [^\r]* GMT", r"\1", text.replace(str(directory), "DIRECTORY"))
    return re.sub(r"(?m)^\S+ \S+ (\[\w+\]) \d+#\d+: (?:\*\d+ )?", r"\1 ", text)
