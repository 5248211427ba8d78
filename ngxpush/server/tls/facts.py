"""The facts of a connection's TLS, as requests ask them (`http.tls_facts.ConnectionTls`)."""

from __future__ import annotations

from OpenSSL import SSL

from ...config.configuration import Server
from . import openssl
from .certificates import ShownCertificate
from .client_hello import ClientHello
from .words import verification_words

# The names of groups (RFC 8422, 7919) as OpenSSL has them.
_GROUPS = {
    23: b"prime256v1",
    24: b"secp384r1",
    25: b"secp521r1",
    29: b"X25519",
    30: b"X448",
    256: b"ffdhe2048",
    257: b"ffdhe3072",
    258: b"ffdhe4096",
    259: b"ffdhe6144",
    260: b"ffdhe8192",
}
# Those that OpenSSL 4 calls otherwise.
_CURVES = {"secp256r1": b"prime256v1", "x25519": b"X25519", "x448": b"X448"}
_CONTEXT_SPECIFIC = 0x80


# The app data of a connection whose session is not to be resumed.
FORGOTTEN = "forgotten"


class StageTls:
    """Values are made when a request asks."""

    __slots__ = ("_certificate", "_hello", "_tls", "host", "server")

    def __init__(self, tls: SSL.Connection, server: Server | None, host: bytes, hello: ClientHello) -> None:
        self._tls = tls
        self._hello = hello
        self._certificate: ShownCertificate | None = None
        self.server = server
        self.host = host

    @property
    def server_name(self) -> bytes | None:
        return self._tls.get_servername()

    @property
    def protocol(self) -> bytes:
        return self._tls.get_protocol_version_name().encode()

    @property
    def cipher(self) -> bytes | None:
        name = self._tls.get_cipher_name()
        return None if name is None else name.encode()

    @property
    def ciphers(self) -> bytes:
        codes = _pairs(self._hello.ciphers)
        return b":".join(openssl.cipher_name(self._tls, code) or b"0x" + code.hex().encode() for code in codes)

    @property
    def curve(self) -> bytes | None:
        name = self._tls.get_group_name()
        if not name or (name.startswith("ffdhe") and self.protocol != b"TLSv1.3"):
            return None  # without TLS 1.3 Diffie-Hellman has no curve
        return _CURVES.get(name, name.encode())

    @property
    def curves(self) -> bytes:
        """Those that the client offers. OpenSSL does not look at them where TLS 1.2 resumes a session."""
        if self.session_reused and self.protocol != b"TLSv1.3":
            return b""
        codes = _pairs(self._hello.groups)
        return b":".join(_GROUPS.get(int.from_bytes(code)) or b"0x" + code.hex().encode() for code in codes)

    @property
    def session_id(self) -> bytes:
        return _session_id(openssl.session_bytes(self._tls)).hex().encode()

    @property
    def session_reused(self) -> bool:
        return openssl.session_reused(self._tls)

    @property
    def is_early(self) -> bool:
        return not openssl.is_finished(self._tls)

    def forget_session(self) -> None:
        self._tls.set_app_data(FORGOTTEN)

    @property
    def alpn_protocol(self) -> bytes:
        return self._tls.get_alpn_proto_negotiated()

    @property
    def certificate(self) -> ShownCertificate | None:
        if self._certificate is None:
            shown = self._tls.get_peer_certificate()
            self._certificate = None if shown is None else ShownCertificate(shown)
        return self._certificate

    @property
    def verify_result(self) -> int:
        return openssl.verify_result(self._tls)

    def verify_words(self, code: int) -> bytes:
        return verification_words(code).encode()


def _pairs(codes: bytes) -> list[bytes]:
    return [codes[start : start + 2] for start in range(0, len(codes), 2)]


def _session_id(session: bytes) -> bytes:
    """The id in a session as OpenSSL writes it: the fourth element (version, protocol, cipher, id, …)."""
    position = 2 if len(session) < 2 or session[1] < _CONTEXT_SPECIFIC else 2 + (session[1] & 0x7F)
    for _ in range(3):
        if position + 1 >= len(session):
            return b""
        position += 2 + session[position + 1]
    return session[position + 2 : position + 2 + session[position + 1]] if position + 1 < len(session) else b""
