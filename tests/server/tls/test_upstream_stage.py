"""TLS to a server that is in memory, too."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace
from OpenSSL import SSL

from ngxpush.config.directives.gateways.tls import OpensslCommand, UpstreamTls
from ngxpush.http.upstream.connection import Tls, TlsSessions
from ngxpush.server.tls.faults import CannotLoad, TlsFailed
from ngxpush.server.tls.upstream_contexts import UpstreamContexts
from ngxpush.server.tls.upstream_stage import UpstreamStage
from tests.certificates import credentials

_HOST = "a.example.com"


class _Server:
    """A TLS server. asks: for a certificate."""

    def __init__(self, directory: Path, name: str, asks: bool = False) -> None:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.use_certificate_chain_file(str(directory / f"{name}.pem"))
        context.use_privatekey_file(str(directory / f"{name}.key"))
        context.set_session_id(b"test")
        if asks:
            context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self._context = context
        self.restart()

    def restart(self) -> None:
        self.connection = SSL.Connection(self._context)
        self.connection.set_accept_state()

    def answer(self, data: bytes) -> bytes:
        """What the server replies to these bytes."""
        if data:
            self.connection.bio_write(data)
        with suppress(SSL.Error):
            self.connection.do_handshake()
        try:
            return self.connection.bio_read(65536)
        except SSL.WantReadError:
            return b""


def _shake_hands(stage: UpstreamStage, server: _Server) -> None:
    stage.receive(b"")
    while not stage.is_established:
        stage.receive(server.answer(stage.take()))
    server.answer(stage.take())


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    root = credentials("root")
    root.save(tmp_path, "root")
    credentials("leaf", [_HOST], root).save(tmp_path, "leaf")
    credentials("old", [_HOST], root, days=-1).save(tmp_path, "old")
    credentials("other").save(tmp_path, "other")
    credentials("client", ["client"], root).save(tmp_path, "client", b"secret")
    return tmp_path


def _settings(directory: Path) -> UpstreamTls:
    return UpstreamTls(verify=True, trusted_certificate=bytes(directory / "root.pem"))


def test_bytes_both_ways(directory: Path) -> None:
    server, stage = _Server(directory, "leaf"), UpstreamStage(Tls(_settings(directory), _HOST.encode()), UpstreamContexts())
    _shake_hands(stage, server)
    stage.send(b"question")
    server.answer(stage.take())
    assert server.connection.recv(100) == b"question"
    server.connection.send(b"answer")
    server.connection.shutdown()
    assert stage.receive(server.connection.bio_read(65536)) == b"answer"
    assert stage.is_ended
    stage.shut_down()
    assert stage.take()


@pytest.mark.parametrize(
    ("certificate", "name", "words"),
    [
        ("leaf", "b.example.com", 'upstream SSL certificate does not match "b.example.com"'),
        ("old", _HOST, "upstream SSL certificate verify error: (10:certificate has expired)"),
        ("other", _HOST, "upstream SSL certificate verify error: (18:self-signed certificate)"),
    ],
)
def test_a_certificate_that_is_not_right(directory: Path, certificate: str, name: str, words: str) -> None:
    stage = UpstreamStage(Tls(_settings(directory), name.encode()), UpstreamContexts())
    with pytest.raises(TlsFailed) as failed:
        _shake_hands(stage, _Server(directory, certificate))
    assert (failed.value.level, failed.value.text) == ("error", words)
    assert not stage.is_established


def test_what_is_not_tls(directory: Path) -> None:
    stage = UpstreamStage(Tls(UpstreamTls()), UpstreamContexts())
    stage.receive(b"")
    with pytest.raises(TlsFailed) as failed:
        stage.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert failed.value.text == "SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)"


@pytest.mark.parametrize(
    ("protocols", "level", "words"),
    [
        ({"tlsv1.1", "tlsv1.2"}, "crit", "error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported"),
        ({"tlsv1.2"}, "error", "error:0A000102:SSL routines::unsupported protocol"),
    ],
)
def test_a_server_with_an_old_protocol(protocols: set[str], level: str, words: str) -> None:
    stage = UpstreamStage(Tls(UpstreamTls(protocols=frozenset(protocols))), UpstreamContexts())
    stage.receive(b"")
    stage.receive(b"\x16\x03")  # in parts, as it may come
    with pytest.raises(TlsFailed) as failed:
        stage.receive(b"\x02\x00\x2a\x02\x00\x00\x26\x03\x02" + bytes(33) + b"\xc0\x13\x00")
    assert (failed.value.level, failed.value.text) == (level, f"SSL_do_handshake() failed (SSL: {words})")


def test_sessions_are_resumed(directory: Path) -> None:
    sessions, contexts, server = TlsSessions(), UpstreamContexts(), _Server(directory, "leaf")
    tls = Tls(_settings(directory), _HOST.encode(), sessions=sessions)
    reused = []
    for _ in range(2):
        server.restart()
        _shake_hands(UpstreamStage(tls, contexts), server)
        reused.append(server.connection.get_session() is not None and len(sessions.last) == 1)
    assert reused == [True, True]


def test_a_certificate_with_a_password(directory: Path) -> None:
    settings = replace(UpstreamTls(), passwords=(b"wrong", b"secret"))
    files = bytes(directory / "client.pem"), bytes(directory / "client.key")
    stage = UpstreamStage(Tls(settings, certificate=files[0], certificate_key=files[1]), UpstreamContexts())
    server = _Server(directory, "leaf", asks=True)
    _shake_hands(stage, server)
    shown = server.connection.get_peer_certificate()
    assert shown is not None
    assert "client" in shown.to_cryptography().subject.rfc4514_string()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ciphers": b"NONE"}, 'SSL_CTX_set_cipher_list("NONE") failed'),
        (
            {"certificate": b"/nowhere", "certificate_key": b"/nowhere"},
            'cannot load certificate "/nowhere": BIO_new_file() failed',
        ),
        ({"certificate": b"data:x", "certificate_key": b"data:x"}, "PEM_read_bio_X509_AUX() failed"),
        ({"conf_commands": (OpensslCommand(b"x", b"y"),)}, 'SSL_CONF_cmd("x", "y") failed'),
        ({"conf_commands": (OpensslCommand(b"MinProtocol", b"y"),)}, 'SSL_CONF_cmd("MinProtocol", "y") failed'),
        ({"verify": True, "trusted_certificate": b"/nowhere"}, 'SSL_CTX_load_verify_locations("/nowhere") failed'),
    ],
)
def test_what_can_not_be_loaded(settings: dict[str, object], words: str) -> None:
    with pytest.raises(CannotLoad) as failed:
        UpstreamContexts().add(replace(UpstreamTls(), **settings))  # type: ignore[arg-type]
    assert words in str(failed.value)


def test_keys_that_do_not_fit(directory: Path) -> None:
    for key, passwords, words in (
        ("leaf.key", (), 'SSL_CTX_use_PrivateKey("'),
        ("client.key", (b"wrong",), "maybe wrong password"),
        ("client.key", (), "error:1400006B:UI routines::processing error"),
        ("client.pem", (), "DECODER routines::unsupported"),
    ):
        settings = UpstreamTls(certificate=bytes(directory / "client.pem"), certificate_key=bytes(directory / key))
        with pytest.raises(CannotLoad) as failed:
            UpstreamContexts().add(replace(settings, passwords=passwords))
        assert words in str(failed.value)


def test_a_key_that_lacks_its_password_in_a_handshake(directory: Path) -> None:
    files = bytes(directory / "client.pem"), bytes(directory / "client.key")
    with pytest.raises(CannotLoad, match=r"cannot load certificate key .* error:empty password"):
        UpstreamContexts().of(Tls(UpstreamTls(), certificate=files[0], certificate_key=files[1]))
