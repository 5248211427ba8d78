"""Push subscribers over TLS, and a reload with another certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import credentials
from tests.clients import get, publish, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import free_port

from .server import Server, serving

_TLS = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {directory}/a.pem;
    ssl_certificate_key {directory}/a.key;
    location ~ /sub/(.*) {{ push_stream_subscriber; push_stream_channels_path $1; }}
    location ~ /long/(.*) {{ push_stream_subscriber long-polling; push_stream_channels_path $1; }}
    location ~ /ws/(.*) {{ push_stream_subscriber websocket; push_stream_channels_path $1; }}
}}
"""
_UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


class Secure:
    """A server that speaks TLS at `port`, too."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.port = port

    def publish(self, channel: str, text: bytes) -> None:
        publish(self.server.port, f"/pub?id={channel}", text)

    def wait_for_subscribers(self, channel: str) -> None:
        wait_for_subscribers(self.server.port, f"/statistics?id={channel}")

    def open(self, target: str, more: str = "") -> ssl.SSLSocket:
        """A connection with a request. It raises SSLEOFError where the server closes without close_notify."""
        context = ssl.create_default_context(cafile=str(self.server.directory / "a.pem"))
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        client = context.wrap_socket(raw, server_hostname="a.example", suppress_ragged_eofs=False)
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: a.example\r\n{more}\r\n".encode())
        return client


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    credentials("a", ["a.example"]).save(tmp_path, "a")
    port = free_port()
    with serving(tmp_path, more=_TLS.format(port=port, directory=tmp_path)) as server:
        yield Secure(server, port)


def _read(client: ssl.SSLSocket, end: bytes) -> bytes:
    """What comes until it ends so."""
    received = b""
    while not received.endswith(end):
        data = client.recv(65536)
        assert data, received
        received += data
    return received


def test_subscribers(secure: Secure) -> None:
    with secure.open("/sub/x") as streaming, secure.open("/long/y") as polling, secure.open("/ws/z", _UPGRADE) as websocket:
        assert _read(websocket, b"\r\n\r\n").startswith(b"HTTP/1.1 101 ")
        for channel in "xyz":
            secure.wait_for_subscribers(channel)
            secure.publish(channel, b"one")
        assert _read(streaming, b"x 1 one\n\r\n").startswith(b"HTTP/1.1 200 ")
        assert _read(polling, b"y 1 one\n\r\n0\r\n\r\n").startswith(b"HTTP/1.1 200 ")
        assert _read(websocket, b"one\n") == b"\x81\x08z 1 one\n"
        secure.publish("x", b"two" * 100_000)
        assert _read(streaming, b"two\n\r\n").count(b"two") == 100_000
        websocket.sendall(b"\x88\x80abcd")
        assert websocket.recv(100) == b"\x88\x00"
        assert websocket.recv(100) == b""


@pytest.mark.parametrize("target", ["/sub/x", "/long/x", "/ws/x"])
def test_a_client_that_leaves_gets_no_close_notify(secure: Secure, target: str) -> None:
    client = secure.open(target, _UPGRADE if target == "/ws/x" else "")
    secure.wait_for_subscribers("x")
    if target == "/ws/x":
        _read(client, b"\r\n\r\n")
    with socket.socket(fileno=client.detach()) as left:
        left.settimeout(PATIENCE)
        left.shutdown(socket.SHUT_WR)
        assert left.recv(100) == b""


def test_a_reload(secure: Secure) -> None:
    """Subscribers are ended with close_notify, miss nothing, and see the certificate that is there now."""
    with secure.open("/sub/x") as streaming:
        secure.publish("x", b"one")
        _read(streaming, b"x 1 one\n\r\n")
        before = streaming.getpeercert(True)
        credentials("a", ["a.example"]).save(secure.server.directory, "a")
        secure.server.reload()
        assert streaming.recv(100) in (b"", b"0\r\n\r\n")
    with secure.open("/long/x", "If-None-Match: 0\r\nIf-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n") as polling:
        assert b"x 1 one\n" in _read(polling, b"0\r\n\r\n")
        assert polling.getpeercert(True) != before
    assert get(secure.server.port, "/statistics").json["subscribers"] == 0
