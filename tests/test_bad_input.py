"""Bad input of every kind against a running server: a clear answer or a closed connection, and nothing is left over.

Each test ends with the same question: does the server still answer, is no one counted as a subscriber, did it print no traceback?
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import get, publish, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import ngxpush_run

_CONF = Path(__file__).parents[1] / "fixtures" / "nginx_confs" / "quickstart.conf"
_HANDSHAKE = (
    b"GET /ws/news HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_SEED = 22
_MEGABYTE = b"x" * (1 << 20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a running server, and the file with what it prints."""
    directory = tmp_path_factory.mktemp("bad-input")
    with ngxpush_run(_CONF, directory) as ports:
        yield ports[8080], directory / "output"


@pytest.fixture
def port(server: tuple[int, Path]) -> Iterator[int]:
    """The port of the server, which must be in order after the test."""
    number, output = server
    yield number
    wait_for_subscribers(number, "/channels-stats", 0)
    assert publish(number, "/pub?id=after", b"hello").json["channel"] == "after"
    assert "Traceback" not in output.read_text("utf-8", "replace")


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def _answer(port: int, data: bytes) -> bytes:
    """All the server says to `data` until it closes the connection, whose sending half is closed after `data`."""
    with _connect(port) as client:
        with contextlib.suppress(OSError):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        return _rest(client)


def _rest(client: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(1 << 16):
            received += piece
    return received


@pytest.mark.parametrize(
    ("data", "beginning"),
    [
        (b"\r\n\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", b"HTTP/1.1 505 "),
        (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nContent-Length: minus\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", b"HTTP/1.1 413 "),
        (b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnot hex\r\n", b"HTTP/1.1 400 "),
        (b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", b"HTTP/1.1 501 "),
        (b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nshort", b""),
        (b"GET /" + _MEGABYTE + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 414 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + _MEGABYTE + b"\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 20000 + b"\r\n", b"HTTP/1.1 400 "),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"HTTP/1.1 400 "),
        (b"GET /ws/news HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /sub/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"HTTP/1.1 4"),
    ],
    ids=lambda value: repr(value[:40]) if len(value) > 30 else "",
)  # fmt: skip
def test_requests_that_are_none(port: int, data: bytes, beginning: bytes) -> None:
    assert _answer(port, data).startswith(beginning)


def test_random_bytes(port: int) -> None:
    noise = random.Random(_SEED)
    for _ in range(100):
        _answer(port, noise.randbytes(noise.randrange(1, 4000)))
        _answer(port, b"GET /sub/news HTTP/1.1\r\n" + noise.randbytes(200) + b"\r\n\r\n")


@pytest.mark.parametrize(
    "frames",
    [
        b"\x81\x05hello",  # not masked
        b"\x83\x80\x00\x00\x00\x00",  # an opcode there is not
        b"\xff\x80\x00\x00\x00\x00",
        b"\x81\xff" + b"\xff" * 8 + bytes(4),  # longer than anything
        b"\x89\xfe" + struct.pack("!H", 300) + bytes(304),  # a ping too long for a control frame
        b"\x81\x85\x00\x00\x00\x00\xff\xfe\xfd\xfc\xfb",  # text that is not UTF-8
        b"\x88\x81\x00\x00\x00\x00\x03",  # a close with half a code
        b"\x81",  # a piece of a frame
    ],
)
def test_wrong_frames(port: int, frames: bytes) -> None:
    with _connect(port) as client:
        client.sendall(_HANDSHAKE)
        assert client.recv(1 << 16).startswith(b"HTTP/1.1 101 ")
        client.sendall(frames)
        client.shutdown(socket.SHUT_WR)
        _rest(client)


def test_random_frames(port: int) -> None:
    noise = random.Random(_SEED)
    for _ in range(50):
        with _connect(port) as client:
            client.sendall(_HANDSHAKE + noise.randbytes(noise.randrange(1, 300)))
            client.shutdown(socket.SHUT_WR)
            _rest(client)


@pytest.mark.parametrize("transport", ["sub", "ev", "lp", "ws"])
def test_subscribers_that_vanish(port: int, transport: str) -> None:
    request = _HANDSHAKE if transport == "ws" else b"GET /%b/news HTTP/1.1\r\nHost: a\r\n\r\n" % transport.encode()
    clients = [_connect(port) for _ in range(20)]
    for client in clients:
        client.sendall(request)
    wait_for_subscribers(port, "/pub?id=news", 20)
    for client in clients:
        # Closed with a reset, and nothing read.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    wait_for_subscribers(port, "/pub?id=news", 0)


def test_requests_that_are_left_off(port: int) -> None:
    request = b"POST /pub?id=news HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    for end in range(len(request)):
        with _connect(port) as client:
            client.sendall(request[:end])
    assert get(port, "/channels-stats?id=news").status in (200, 404)
