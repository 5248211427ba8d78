"""Handshakes by name, protocol and certificate: what nginx 1.22.1 and ngxpush answer, and what they log."""

from __future__ import annotations

import itertools
import socket
import ssl
import subprocess
from pathlib import Path

from tests.certificates import credentials
from tests.patience import PATIENCE
from tests.running import free_port

from .beside import OURS, access_lines, error_lines, needs_nginx, real_nginx, same, serving

pytestmark = needs_nginx

_NAMES = ("a.example", "A.example", "b.example", "x.b.example", "no.example", "v.example", "c.example", "none.example", None)
_PROXY = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"


class _Client:
    """Clients with certificates from `files`."""

    def __init__(self, files: Path, ports: dict[str, int]) -> None:
        self._files = files
        self._ports = ports

    def context(self, certificate: str = "", alpn: tuple[str, ...] = (), ciphers: str = "") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(self._files / f"{certificate}.pem", self._files / f"{certificate}.key")
        if alpn:
            context.set_alpn_protocols(list(alpn))
        if ciphers:
            context.set_ciphers(ciphers)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def ask(self, context: ssl.SSLContext, name: str | None, target: str = "/", port: str = "PORT1", times: int = 1) -> str:
        """What is agreed on, and the answers; a second connection resumes the first one's session."""
        said, session = [], None
        for _ in range(times):
            raw = socket.create_connection(("127.0.0.1", self._ports[port]), timeout=PATIENCE)
            raw.sendall(_PROXY if port == "PORT2" else b"")
            try:
                with context.wrap_socket(raw, server_hostname=name, session=session) as client:
                    agreed = (client.version(), client.cipher(), client.selected_alpn_protocol(), client.session_reused)
                    said += [repr(agreed), str(len(client.getpeercert(True) or b""))]
                    if client.selected_alpn_protocol() != "h2":
                        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
                        said.append(b"".join(iter(lambda: client.recv(65536), b"")).decode("latin-1"))
                    session = client.session
            except (ssl.SSLError, ConnectionError) as error:
                said.append(getattr(error, "reason", None) or "closed")
        return "\n".join(said)

    def plain(self, port: str) -> str:
        """A request without TLS."""
        with socket.create_connection(("127.0.0.1", self._ports[port]), timeout=PATIENCE) as client:
            client.sendall(
                (_PROXY if port == "PORT2" else b"") + b"GET / HTTP/1.1\r\nHost: c.example\r\nConnection: close\r\n\r\n"
            )
            return b"".join(iter(lambda: client.recv(65536), b"")).decode("latin-1")

    def curl(self, *options: str) -> str:
        port = self._ports["PORT1"]
        command = ["curl", "-sk", "--resolve", f"b.example:{port}:127.0.0.1", "-w", "%{http_version} %{response_code}", *options]
        return subprocess.run([*command, f"https://b.example:{port}/"], capture_output=True, text=True, timeout=PATIENCE).stdout

    def everything(self) -> list[str]:
        plain = self.context()
        said = [self.ask(plain, name, times=2) for name in _NAMES]
        said += [self.ask(plain, "a.example", target="/away"), self.plain("PORT1"), self.plain("PORT2")]
        said += [self.ask(self.context(certificate), "b.example", times=2) for certificate in ("good", "odd", "self")]
        offers = (("h2", "http/1.1"), ("http/1.0", "foo"), ("foo",))
        said += [self.ask(self.context(alpn=offer), name) for offer, name in itertools.product(offers, ("a.example", None))]
        ciphers = ("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", "AES128-SHA")
        said += [self.ask(self.context(ciphers=some), name) for some in ciphers for name in ("a.example", "b.example")]
        said += [self.ask(self.context(some), "c.example", port="PORT2", times=2) for some in ("", "good", "self")]
        said += [self.ask(self.context("good", ("h2",)), "c.example", port="PORT2")]
        return [*said, self.curl(), self.curl("--cert", str(self._files / "good.pem"), "--key", str(self._files / "good.key"))]


def _make_certificates(directory: Path) -> None:
    root = credentials("Root")
    root.save(directory, "root")
    for name, hosts in (("a", ["a.example"]), ("b", ["b.example", "*.b.example"]), ("v.example", ["v.example"])):
        credentials(name, hosts, root).save(directory, name)
    for name, issuer in (("good", root), ("odd", root), ("self", None)):
        credentials('Zo\u00eb, "x"/+' if name == "odd" else name, [name], issuer).save(directory, name)


def test_nginx_and_ngxpush_do_the_same(tmp_path: Path) -> None:
    _make_certificates(tmp_path)
    conf = tmp_path / "tls.conf"
    conf.write_text(Path(__file__).with_name("tls.conf").read_text().replace("CERTIFICATES", str(tmp_path)))
    ports = {name: free_port() for name in ("PORT1", "PORT2")}
    said = []
    for command, directory in ((real_nginx(), tmp_path / "nginx"), (OURS, tmp_path / "ngxpush")):
        with serving(command, conf, ports, directory):
            lines = [same(text, ports, directory) for text in _Client(tmp_path, ports).everything()]
        # How a connection of HTTP/2 ends is up to chance.
        errors = [line for line in error_lines(ports, directory) if "HTTP/2 connection" not in line]
        said.append(lines + access_lines(ports, directory) + errors)
    assert len(said[0]) > 80
    assert said[1] == said[0]
