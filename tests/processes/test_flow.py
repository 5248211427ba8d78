"""Who sends faster than the other side takes: what waits is bounded, and no one is dropped for being slow.

With NGXPUSH_FULL_SIZE=1 the bodies have 300 MB.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import publish
from tests.patience import PATIENCE
from tests.running import free_port, wait_for_port

from .server import Server, serving
from .sizes import FULL

_MEGABYTE = 1_000_000
_SIZE = (300 if FULL else 40) * _MEGABYTE
# Megabytes that a worker may grow while it passes on a body of any size.
_MOST_GROWN = 16


def _head(connection: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        assert piece, data
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


class _Backend:
    """A server that reads nothing until `reads` is set. `/down` is answered with a large body. taken: bytes it has read."""

    def __init__(self) -> None:
        self.reads = threading.Event()
        self.taken = 0
        self.given = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._socket.accept()[0],), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head, rest = _head(connection)
            if b" /down" in head:
                self._give(connection)
                return
            if b" /tunnel" in head:
                connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
                threading.Thread(target=self._give, args=(connection, False), daemon=True).start()
            self.reads.wait()
            self.taken = len(rest)
            while self.taken < _SIZE:
                self.taken += len(connection.recv(262144))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    def _give(self, connection: socket.socket, with_head: bool = True) -> None:
        if with_head:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _SIZE)
        with contextlib.suppress(OSError):
            while self.given < _SIZE:
                connection.sendall(b"x" * _MEGABYTE)
                self.given += _MEGABYTE

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def backend() -> Iterator[_Backend]:
    backend = _Backend()
    yield backend
    backend.close()


def _servers(backend: _Backend, directory: Path, port: int) -> str:
    return f"""
    server {{
        listen 127.0.0.1:{port} sndbuf=32k;
        error_log {directory}/flow.log info;
        send_timeout 2s; push_stream_header_template "begin\n"; push_stream_message_template "~text~\n";
        client_max_body_size 0; client_body_temp_path {directory}/temp; proxy_http_version 1.1;
        location = /sub {{ push_stream_subscriber; push_stream_channels_path c; }}
        location = /pub {{ push_stream_publisher; push_stream_channels_path c; push_stream_store_messages off; }}
        location / {{ proxy_pass http://127.0.0.1:{backend.port}; }}
        location /off/ {{
            proxy_request_buffering off; proxy_buffering off; proxy_pass http://127.0.0.1:{backend.port}/;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
        }}
    }}
    """


@dataclass(frozen=True, slots=True)
class _Proxy:
    """A server in front of a backend, at a port of its own."""

    server: Server
    port: int

    @property
    def memory(self) -> float:
        """The most memory the worker ever had, in megabytes."""
        (worker,) = self.server.workers
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())
        assert found is not None
        return int(found[1]) / 1000

    def connect(self, head: bytes, receive_buffer: int | None = None) -> socket.socket:
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(head + b"\r\nHost: proxy\r\n\r\n")
        return connection


@pytest.fixture
def proxy(tmp_path: Path, backend: _Backend) -> Iterator[_Proxy]:
    port = free_port()
    with serving(tmp_path, more=_servers(backend, tmp_path, port)) as server:
        wait_for_port(port)
        yield _Proxy(server, port)


def _send_until_blocked(connection: socket.socket) -> int:
    """Send until the other side has taken nothing for a while. Returns how many bytes were taken."""
    connection.settimeout(0.5)
    sent = 0
    piece = b"z" * 65536
    with contextlib.suppress(TimeoutError):
        while sent < _SIZE:
            sent += connection.send(piece[: _SIZE - sent])
    connection.settimeout(PATIENCE)
    return sent


@pytest.mark.timed("what is not taken within half a second is not taken at all")
@pytest.mark.parametrize("path", [b"/", b"/off/"])
def test_an_upload_takes_little_memory(proxy: _Proxy, backend: _Backend, path: bytes) -> None:
    """Buffered, it goes to a file; unbuffered, no more is read from the client than the backend takes."""
    before = proxy.memory
    connection = proxy.connect(b"POST %b HTTP/1.1\r\nContent-Length: %d" % (path, _SIZE))
    sent = _send_until_blocked(connection)
    assert (sent == _SIZE) == (path == b"/"), "a buffered body is taken whole"
    backend.reads.set()
    connection.sendall(b"z" * (_SIZE - sent))
    assert _head(connection)[0].startswith(b"HTTP/1.1 200")
    assert backend.taken == _SIZE
    assert proxy.memory - before < _MOST_GROWN


@pytest.mark.parametrize("path", [b"/down", b"/off/down"])
def test_an_answer_to_a_slow_client_takes_little_memory(proxy: _Proxy, backend: _Backend, path: bytes) -> None:
    before = proxy.memory
    connection = proxy.connect(b"GET %b HTTP/1.1" % path)
    _head(connection)
    time.sleep(0.5)  # the time in which a server that does not wait would read everything
    assert backend.given < _SIZE
    taken = 0
    while taken < _SIZE - 65536:
        taken += len(connection.recv(262144))
    assert proxy.memory - before < _MOST_GROWN


@pytest.mark.timed("what is not taken within half a second is not taken at all")
def test_a_tunnel_waits_for_either_side_alone(proxy: _Proxy, backend: _Backend) -> None:
    before = proxy.memory
    connection = proxy.connect(b"GET /off/tunnel HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade")
    _head(connection)
    sent = _send_until_blocked(connection)
    assert sent < _SIZE and backend.given < _SIZE
    backend.reads.set()  # what the client sends goes through, though it does not read
    connection.sendall(b"z" * (_SIZE - sent))
    assert proxy.memory - before < _MOST_GROWN


@pytest.mark.timed("a send_timeout that only one of two clients may reach")
def test_who_takes_little_stays_who_takes_nothing_goes(proxy: _Proxy) -> None:
    """send_timeout is about what is taken. nginx drops neither of the two while messages come more often than that."""
    steady, silent = (proxy.connect(b"GET /sub HTTP/1.1", receive_buffer=16384) for _ in range(2))
    for connection in (steady, silent):
        _head(connection)
    text = b"x" * 30_000
    taken = 0
    ended = time.monotonic() + PATIENCE
    log = proxy.server.directory / "flow.log"
    while "client timed out" not in log.read_text():
        assert time.monotonic() < ended
        publish(proxy.port, "/pub", text)
        for _ in range(5):
            taken += len(steady.recv(2048))
            time.sleep(0.05)
    assert taken
    publish(proxy.port, "/pub", b"last")
    while b"last" not in (data := steady.recv(1_000_000)):
        assert data, "it was dropped"
    assert log.read_text().count("client timed out") == 1
