"""Calls of Python functions, and of the interpreter's own, that one request costs: figures that do not depend on the machine.

The server runs in this process, as `ngxpush run`; a thread asks it over one connection and counts what the other thread calls.
With --console and without, it shows what a console costs at which no one looks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from ngxpush.cli.commands import commands as ngxpush

from .servers import free_port

_CONF = """
error_log {directory}/error.log;
pid {directory}/nginx.pid;
events {{}}
http {{
    access_log off;
    keepalive_requests 1000000;
    push_stream_shared_memory_size 32m;
    server {{
        listen 127.0.0.1:{port};
        root {directory};
        location = /none {{ return 204; }}
        location = /pub {{ push_stream_publisher; push_stream_channels_path $arg_id; }}
        location = /sub {{ push_stream_subscriber eventsource; push_stream_channels_path $arg_id; }}
        location /proxied {{ proxy_pass http://127.0.0.1:{port}/none; }}
    }}
}}
"""
_HEADERS = b"Host: localhost\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n"
_PUBLISH = b"POST /pub?id=%b HTTP/1.1\r\n" + _HEADERS + b"Content-Length: 100\r\n\r\n" + b"m" * 100
_GET = b"GET %b HTTP/1.1\r\n" + _HEADERS + b"\r\n"
_KINDS = {
    "return 204": _GET % b"/none",
    "a static file of 100 bytes": _GET % b"/file.txt",
    "a publish, no one subscribed": _PUBLISH % b"a",
    "a publish to one eventsource subscriber": _PUBLISH % b"b",
    "a publish to 100 eventsource subscribers": _PUBLISH % b"c",
    "a request passed to return 204 in this server": _GET % b"/proxied",
}


class Counter:
    """Counts calls of its thread while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.python = self.builtin = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if self.on and event == "call":
            self.python += 1
        elif self.on and event == "c_call":
            self.builtin += 1


def measure(port: int, counter: Counter, requests: int) -> None:
    """Print what each kind of request costs."""
    subscribers = [_connect(port) for _ in range(101)]
    for number, subscriber in enumerate(subscribers):
        subscriber.sendall(_GET % (b"/sub?id=c" if number else b"/sub?id=b"))
    for name, request in _KINDS.items():
        with _connect(port) as client:
            _ask(client, request, 10)
            counter.python = counter.builtin = 0
            counter.on = True
            _ask(client, request, requests)
            counter.on = False
        print(f"{name:48}{counter.python / requests:7.0f}{counter.builtin / requests:7.0f}", flush=True)


def _connect(port: int) -> socket.socket:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(ConnectionRefusedError):
            client = socket.create_connection(("127.0.0.1", port), 20)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return client
        time.sleep(0.02)
    raise TimeoutError("no answer")


def _ask(client: socket.socket, request: bytes, times: int) -> None:
    for _ in range(times):
        client.sendall(request)
        if not client.recv(65536).startswith(b"HTTP/1.1 20"):
            raise ValueError("another answer than expected")
    time.sleep(0.05)  # what follows the last answer


def main() -> None:
    """Serve in this thread, ask in another one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--console", action="store_true", help="serve with a console at which no one looks")
    options = parser.parse_args()
    counter, port = Counter(), free_port()

    def ask() -> None:
        try:
            measure(port, counter, options.requests)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "file.txt").write_bytes(b"x" * 100)
        (directory / "nginx.conf").write_text(_CONF.format(directory=directory, port=port))
        threading.Thread(target=ask, daemon=True).start()
        sys.setprofile(counter)
        console = [] if options.console else ["--no-console"]
        ngxpush(["run", "--log", "off", *console, str(directory / "nginx.conf")], standalone_mode=False)


if __name__ == "__main__":
    main()
