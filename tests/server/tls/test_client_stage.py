"""The TLS of a client that is in memory, too."""

from __future__ import annotations

import gc
import weakref
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from OpenSSL import SSL

from ngxpush.config.configuration import Server
from ngxpush.config.directives.http.ssl import SslServer
from ngxpush.server.clients.backlog import MOST_WAITING
from ngxpush.server.tls import openssl
from ngxpush.server.tls.client_stage import ClientStage
from tests.certificates import credentials
from tests.http.serving import compiled

_PEERS = SSL.Context(SSL.TLS_CLIENT_METHOD)


class _Transport:
    """The loop's. waiting: bytes that the other side has not taken."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting = 0
        self.high: int | None = None
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


class _Client:
    """What the stage carries bytes for."""

    def __init__(self, listener: Any) -> None:
        self.said: list[str] = []
        self.received = b""
        self.dropped = False
        facts = SimpleNamespace(activity="SSL handshaking", tls=None)
        self.connection: Any = SimpleNamespace(facts=facts, listener=listener, log=lambda level, text: self.said.append(text))

    def use_transport(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert data
        self.received += data

    def connection_lost(self, error: Exception | None) -> None:
        pass

    def overflown(self) -> None:
        self.dropped = True


class _Pair:
    """Both sides of a connection, before the handshake. context: the server's."""

    def __init__(self, context: SSL.Context, settings: str = "") -> None:
        http = compiled(f"server {{ {settings} }}").http
        assert http is not None
        server: Server = http.servers[0]
        assert server.of(SslServer).buffer_size == 16384
        self.transport = _Transport()
        self.client: Any = _Client(None)
        self.stage = ClientStage(self.client, self.transport, server, context)  # type: ignore[arg-type]
        self.peer = SSL.Connection(_PEERS)
        self.peer.set_connect_state()

    def from_peer(self) -> bytes:
        try:
            return self.peer.bio_read(65536)
        except SSL.WantReadError:
            return b""

    def shake_hands(self, piece: int = 65536) -> None:
        """piece: how many bytes come at once."""
        for _ in range(3):
            with suppress(SSL.WantReadError):
                self.peer.do_handshake()
            data = self.from_peer()
            for start in range(0, len(data), piece):
                self.stage.data_received(data[start : start + piece])
            for answer in self.transport.sent:
                self.peer.bio_write(answer)
            self.transport.sent.clear()


@pytest.fixture
def context(tmp_path: Path) -> SSL.Context:
    credentials("a", ["a.example"]).save(tmp_path, "a")
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(str(tmp_path / "a.pem"))
    context.use_privatekey_file(str(tmp_path / "a.key"))
    return context


@pytest.fixture
def pair(context: SSL.Context) -> _Pair:
    return _Pair(context)


def test_a_handshake_that_comes_in_parts(pair: _Pair) -> None:
    pair.shake_hands(piece=100)
    assert b"AES" in pair.client.connection.facts.tls.ciphers
    pair.peer.send(b"question")
    pair.stage.data_received(pair.from_peer())
    assert pair.client.received == b"question"


def test_answers_of_openssl_that_no_one_reads(pair: _Pair) -> None:
    pair.shake_hands()
    pair.transport.waiting = MOST_WAITING + 1
    pair.peer.send(b"question")
    pair.stage.data_received(pair.from_peer())
    assert not pair.client.dropped
    pair.stage._tls.send(b"what OpenSSL answers")
    pair.peer.send(b"question")
    pair.stage.data_received(pair.from_peer())
    assert pair.client.dropped


def test_a_broken_record(pair: _Pair) -> None:
    """The alert is sent; a client that does not take it has send_timeout for that."""
    pair.shake_hands()
    pair.transport.waiting = 1
    pair.stage.data_received(b"\x17\x03\x03\x00\x14" + b"x" * 20)
    assert pair.transport.sent
    assert (pair.transport.high, pair.transport.closed) == (0, True)
    assert pair.client.said == [
        "SSL_read() failed (SSL: error:0A000119:SSL routines::decryption failed or bad record mac) while waiting for request"
    ]


def test_nothing_is_left_of_a_connection(pair: _Pair) -> None:
    pair.shake_hands()
    left = weakref.ref(pair.stage._tls)
    gc.disable()
    try:
        pair.stage.connection_lost(None)
        pair.client.connection.facts.tls = None
        del pair.stage
        assert left() is None
    finally:
        gc.enable()


def test_early_data(context: SSL.Context) -> None:
    """It is answered before the handshake ends."""
    openssl.take_early_data(context, 100)
    context.set_session_id(b"some")
    first, second = (_Pair(context, "ssl_early_data on;") for _ in range(2))
    first.shake_hands()
    with pytest.raises(SSL.WantReadError):
        first.peer.recv(100)  # it only takes the session
    session = first.peer.get_session()
    assert session is not None
    second.peer.set_session(session)
    openssl.write_early_data(second.peer, b"question")
    second.stage.data_received(second.from_peer())
    assert second.client.received == b"question"
    assert second.client.connection.facts.tls.is_early
    second.stage.write(b"answer")
    second.shake_hands()
    assert second.peer.recv(100) == b"answer"
    assert not second.client.connection.facts.tls.is_early
    second.stage.write(b"more")
    second.peer.bio_write(b"".join(second.transport.sent))
    assert second.peer.recv(100) == b"more"
