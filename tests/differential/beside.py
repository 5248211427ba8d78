"""A configuration served by the real nginx 1.22.1 and by ngxpush, and the same requests sent to both."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.running import NGXPUSH, end, free_port, wait_for_port


def _nginx() -> str | None:
    """Where this machine has nginx 1.22; None where it has none."""
    path = shutil.which("nginx", path="/usr/sbin")
    if path is None:
        return None
    version = subprocess.run([path, "-v"], capture_output=True, text=True, check=False).stderr
    return path if "nginx/1.22." in version else None


NGINX = _nginx()
needs_nginx = pytest.mark.skipif(NGINX is None, reason="needs a real nginx 1.22 (make debian-packages)")
OURS = [str(NGXPUSH), "nginx"]
_UNINTERESTING = re.compile(r"\[notice\]|.*(client closed|closed keepalive|temporary file|Interrupted system call)")


def ask_both(conf: Path, requests: list[bytes], directory: Path) -> tuple[list[str], list[str]]:
    """What nginx and what ngxpush answers to the requests, one after the other, followed by the lines of the logs.

    conf: PORT1 (the one that is asked), PORT2 … in it become free ports.  Each request has to end with its connection.
    """
    ports = {name: free_port() for name in sorted(set(re.findall(r"PORT\d", conf.read_text())))}
    real = play(real_nginx(), conf, ports, requests, directory / "nginx")
    return real, play(OURS, conf, ports, requests, directory / "ngxpush")


def real_nginx() -> list[str]:
    """The command of the real nginx."""
    assert NGINX is not None
    return [NGINX]


def play(command: list[str], conf: Path, ports: dict[str, int], requests: list[bytes], directory: Path) -> list[str]:
    """What one of them answers, and the lines of its logs."""
    with serving(command, conf, ports, directory):
        lines = [same(ask(ports["PORT1"], request).decode("latin-1"), ports, directory) for request in requests]
    return lines + access_lines(ports, directory) + error_lines(ports, directory)


@contextlib.contextmanager
def serving(command: list[str], conf: Path, ports: dict[str, int], directory: Path) -> Iterator[None]:
    """A server of one process while the block lasts. Its logs are in `directory`, its files in `directory`/html."""
    for name in ("logs", "html", "temp"):
        (directory / name).mkdir(parents=True)
    for name, text in (("page.html", "<p>Hello World</p>\n"), ("page.txt", "Hello text\n"), ("big.txt", "0123456789\n" * 3000)):
        (directory / "html" / name).write_text(text)
        os.utime(directory / "html" / name, (10**9, 10**9))
    text = conf.read_text().replace("DIRECTORY", str(directory))
    for name, port in ports.items():
        text = text.replace(name, str(port))
    (directory / "nginx.conf").write_text(text)
    options = ["-p", str(directory), "-c", "nginx.conf", "-g", f"daemon off; master_process off; pid {directory}/nginx.pid;"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(ports["PORT1"], process)
        yield
    finally:
        end(process)


def access_lines(ports: dict[str, int], directory: Path) -> list[str]:
    """The lines of the access log."""
    log = directory / "logs/access.log"
    text = log.read_text(errors="surrogateescape") if log.exists() else ""
    return [same(line, ports, directory) for line in text.splitlines()]


def error_lines(ports: dict[str, int], directory: Path) -> list[str]:
    """The lines of the error log that a user would look for."""
    errors = same((directory / "logs/error.log").read_text(errors="surrogateescape"), ports, directory)
    return [line for line in errors.splitlines() if not _UNINTERESTING.match(line)]


def ask(port: int, request: bytes) -> bytes:
    """All that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def same(text: str, ports: dict[str, int], directory: Path) -> str:
    """Without what is another in each run."""
    for name, port in ports.items():
        text = text.replace(str(port), name)
    text = re.sub(r"(Date|Expires): [^\r\n]* GMT", r"\1", text.replace(str(directory), "DIRECTORY"))
    return re.sub(r"(?m)^\S+ \S+ (\[\w+\]) \d+#\d+: (?:\*\d+ )?", r"\1 ", text)
