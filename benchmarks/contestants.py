"""Who is measured: ngxpush, the C modules, and the Python programs a user would write; and how each is asked.

All serve the same paths: /MODE?id=CHANNEL for subscribers, /pub?id=CHANNEL for publishers.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .servers import NGXPUSH, Prepare, nginx

MODES = ("eventsource", "websocket", "streaming")
POLL = "long-polling"

_HERE = Path(__file__).parent
_NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
# What a server may have open: 10,000 subscribers and some more.
_CONNECTIONS = "12000"
_ALL = (*MODES, POLL)


@dataclass(frozen=True, slots=True)
class Nginx:
    """A server with nginx's command line. binary: of nginx, or of ngxpush. conf: its file."""

    binary: str
    conf: str

    def text(self, workers: int = 1) -> str:
        """The configuration, but for the port."""
        text = (_HERE / "confs" / self.conf).read_text()
        return text.replace("CONNECTIONS", _CONNECTIONS).replace("WORKERS", str(workers))


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program, which takes its port as an argument."""

    file: str


@dataclass(frozen=True, slots=True)
class Contestant:
    """One of those who are compared. name: in the results; modes: of subscribers; version: for the page."""

    name: str
    server: Nginx | Program
    modes: tuple[str, ...]
    version: str

    def prepare(self, workers: int = 1) -> Prepare:
        """For `running`."""
        if isinstance(self.server, Nginx):
            return nginx(self.server.text(workers), self.server.binary)
        program = str(_HERE / "peers" / self.server.file)
        return lambda _, port: [sys.executable, program, str(port)]

    def subscribing(self, mode: str, channel: str = "bench") -> bytes:
        """The request of a subscriber."""
        return _get(f"/{mode}?id={channel}", _HEADERS[mode])

    def asking(self) -> bytes:
        """The request of a long-polling client, without its empty line."""
        return _get(f"/{POLL}?id=bench", "Accept: */*\r\n")[:-2]

    def publishing(self, size: int, channel: str = "bench", stored: bool = False) -> tuple[bytes, bytes]:
        """What a publisher sends first, if anything, and for each message of so many bytes."""
        body = b"#" + b"x" * (size - 1)
        if self.server == _WEBSOCKETS:
            return _get("/pub", _HANDSHAKE), _frame(body)
        path = f"/pub{'_stored' * stored}?id={channel}"
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
        return b"", head.encode() + body


_WEBSOCKETS = Program("websockets_app.py")
_HANDSHAKE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
# nchan answers streaming subscribers only who name the coding.
_HEADERS = {"eventsource": "Accept: text/event-stream\r\n", "websocket": _HANDSHAKE, "streaming": "TE: chunked\r\n"}


def _get(path: str, headers: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def _frame(payload: bytes) -> bytes:
    """A text frame of a client, masked with zeros."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + payload


def contestants(module: str | None, other: str | None) -> Iterator[Contestant]:
    """Those that this machine has; ngxpush first. Says on standard error who is missing.

    module: a binary of nginx that has the push stream module. other: another ngxpush.
    """
    yield _ngxpush("ngxpush", NGXPUSH)
    if other:
        yield _ngxpush("other ngxpush", other)
    if module:
        yield Contestant("push stream module", Nginx(module, "push_stream.conf"), _ALL, _nginx_version(module))
    if shutil.which("nginx") and _NCHAN.exists():
        yield Contestant("nchan", Nginx("nginx", "nchan.conf"), _ALL, f"{_nginx_version('nginx')}, libnginx-mod-nchan of Debian")
    else:
        print("nchan is missing (on Debian: apt-get install nginx libnginx-mod-nchan)", file=sys.stderr)
    yield from _peers()


def _peers() -> Iterator[Contestant]:
    for name, file, mode, packages in (
        ("sse-starlette", "starlette_app.py", "eventsource", ("sse-starlette", "uvicorn", "uvloop", "httptools")),
        ("aiohttp-sse", "aiohttp_app.py", "eventsource", ("aiohttp-sse", "aiohttp", "uvloop")),
        ("websockets", "websockets_app.py", "websocket", ("websockets", "uvloop")),
    ):
        try:
            version = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
        except importlib.metadata.PackageNotFoundError as error:
            print(f"{name} is missing: no package {error.name} (make bench installs it)", file=sys.stderr)
        else:
            yield Contestant(name, Program(file), (mode,), version)


def _ngxpush(name: str, binary: str) -> Contestant:
    output = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    return Contestant(name, Nginx(binary, "push_stream.conf"), _ALL, output.split()[-1])


def _nginx_version(binary: str) -> str:
    output = subprocess.run([binary, "-v"], capture_output=True, text=True, check=True).stderr
    return output.partition("/")[2].strip()
