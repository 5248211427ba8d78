"""Addresses with TLS: `ngxpush run`, asked by the standard library's own TLS."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from OpenSSL import SSL

from ngxpush.server.tls import openssl
from tests.certificates import credentials
from tests.patience import PATIENCE
from tests.running import NGXPUSH, free_port

_CONFIGURATION = """
events {}
http {
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_certificate /nowhere/a.pem;
  ssl_certificate_key /nowhere/a.key;
  server { listen 127.0.0.1:{port} ssl; server_name one.example;
    location / { return 200 "one $scheme $https $ssl_server_name $ssl_client_verify $ssl_alpn_protocol"; }
    location = /away { return 301 /there; }
    location /large { root {files}; } }
  server { listen 127.0.0.1:{port} ssl; server_name two.example; ssl_verify_client on; ssl_client_certificate {ca};
    location / { return 200 "two"; } }
  server { listen 127.0.0.1:{port} ssl; server_name three.example; ssl_reject_handshake on; }
  server { listen 127.0.0.1:{early} ssl; ssl_early_data on; return 200 "$uri,$ssl_early_data,$ssl_session_reused;"; }
}
"""


class Served:
    """A server and the port it listens on. authority: the certificate that signed the server's."""

    def __init__(self, directory: Path) -> None:
        (directory / "large").write_bytes(b"x" * 3_000_000)
        self.authority = directory / "ngxpush" / "authority" / "rootCA.pem"
        self.port, self.early = free_port(), free_port()
        text = (
            _CONFIGURATION.replace("{port}", str(self.port))
            .replace("{early}", str(self.early))
            .replace("{files}", str(directory))
            .replace("{ca}", str(self.authority))
        )
        (directory / "nginx.conf").write_text(text)
        environment = {**os.environ, "XDG_DATA_HOME": str(directory), "CAROOT": ""}
        command = [NGXPUSH, "run", directory / "nginx.conf"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        assert self.process.stderr is not None
        while "listening on" not in self.process.stderr.readline():
            assert self.process.poll() is None

    def get(self, name: str, host: str = "", target: str = "/", alpn: tuple[str, ...] = ()) -> bytes:
        context = ssl.create_default_context(cafile=str(self.authority))
        if alpn:
            context.set_alpn_protocols(list(alpn))
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        with context.wrap_socket(raw, server_hostname=name) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: {host or name}\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("tls"))
    yield server
    server.process.terminate()
    server.process.communicate(timeout=PATIENCE)


def test_variables(served: Served) -> None:
    answer = served.get("one.example", alpn=("h2", "http/1.1"))
    assert answer.endswith(b"one https on one.example NONE http/1.1")


def test_redirects_keep_the_scheme(served: Served) -> None:
    assert b"\r\nLocation: https://one.example:" in served.get("one.example", target="/away")


def test_large_answers_come_whole(served: Served) -> None:
    assert served.get("one.example", target="/large").endswith(b"\r\n\r\n" + b"x" * 3_000_000)


def test_a_server_that_verifies_wants_a_certificate(served: Served) -> None:
    assert b"No required SSL certificate was sent" in served.get("two.example")


def test_another_host_than_the_one_in_the_handshake(served: Served) -> None:
    assert served.get("one.example", host="two.example").startswith(b"HTTP/1.1 421 ")


def test_refused_handshake(served: Served) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        served.get("three.example")


def test_a_key_of_another_certificate(tmp_path: Path) -> None:
    """`ngxpush run` says what OpenSSL can't use, and ends."""
    for name in "ab":
        credentials(name, ["a.example"]).save(tmp_path, name)
    conf = tmp_path / "nginx.conf"
    files = f"ssl_certificate {tmp_path}/a.pem; ssl_certificate_key {tmp_path}/b.key;"
    conf.write_text(f"events {{}} http {{ server {{ listen 127.0.0.1:8443 ssl; {files} }} }}")
    done = subprocess.run([NGXPUSH, "run", conf], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert f'ngxpush: SSL_CTX_use_PrivateKey("{tmp_path}/b.key") failed (SSL: error:05800074:' in done.stderr


def test_plain_http(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: one.example\r\n\r\n")
        assert b"The plain HTTP request was sent to HTTPS port" in b"".join(iter(lambda: client.recv(65536), b""))


def _ask(
    port: int, context: SSL.Context, session: SSL.Session | None, early: bytes, late: bytes
) -> tuple[list[str], SSL.Session | None]:
    """Send the bytes before the handshake, if there is a session, and the others after it. Returns two answers and a session."""
    tls = SSL.Connection(context)
    tls.set_connect_state()
    waiting = early + late if session is None else late
    if session is not None:
        tls.set_session(session)
        openssl.write_early_data(tls, early)
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as raw:
        while received.count(b";") < 2:
            try:
                tls.do_handshake()
                tls.sendall(waiting)
                waiting = b""
                received += tls.recv(65536)
            except SSL.WantReadError:
                with suppress(SSL.WantReadError):
                    raw.sendall(tls.bio_read(65536))
                data = raw.recv(65536)
                assert data, received
                tls.bio_write(data)
    tls.shutdown()  # OpenSSL forgets the session of a connection that is not shut down
    answers = received.decode().split(";")[:2]
    return [answer.rpartition("\n")[2] for answer in answers], tls.get_session()


def test_early_data(served: Served) -> None:
    """What nginx 1.22.1 does: also a session that begins with early data twice, without a cache."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    early, late = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2", b" HTTP/1.1\r\nHost: a\r\n\r\n"
    answers, session = _ask(served.early, context, None, early, late)
    assert answers == ["/1,,.", "/2,,."]
    for _ in range(2):
        assert _ask(served.early, context, session, early, late)[0] == ["/1,1,r", "/2,,r"]
