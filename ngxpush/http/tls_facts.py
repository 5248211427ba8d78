"""What a request can ask about the TLS of its connection. `server/tls/` has the answers."""

from __future__ import annotations

from typing import Protocol

from ..config.configuration import Server


class ClientCertificate(Protocol):
    """The certificate that a client has shown."""

    pem: bytes
    subject: bytes
    issuer: bytes
    legacy_subject: bytes
    legacy_issuer: bytes
    serial: bytes
    fingerprint: bytes
    valid_from: bytes
    valid_until: bytes

    # Seconds since the epoch.
    ends: float


class ConnectionTls(Protocol):
    """A connection that speaks TLS; the handshake is done.

    server: the one that the client's server name has chosen; None if no server has this name.  host: the name as a Host header
    gives it: in lower case and without a dot at its end.
    """

    server: Server | None
    host: bytes

    @property
    def server_name(self) -> bytes | None: ...
    @property
    def protocol(self) -> bytes: ...
    @property
    def cipher(self) -> bytes | None: ...
    @property
    def ciphers(self) -> bytes: ...
    @property
    def curve(self) -> bytes | None: ...
    @property
    def curves(self) -> bytes: ...
    @property
    def session_id(self) -> bytes: ...
    @property
    def session_reused(self) -> bool: ...
    @property
    def is_early(self) -> bool:
        """Whether the handshake is not over yet: what is read now, the client may have sent twice."""

    @property
    def alpn_protocol(self) -> bytes: ...
    @property
    def certificate(self) -> ClientCertificate | None: ...
    @property
    def verify_result(self) -> int:
        """OpenSSL's X509_V_…; 0 for a good certificate, or none."""

    def forget_session(self) -> None:
        """Let no client resume the session. One that a ticket holds can't be forgotten."""

    def verify_words(self, code: int) -> bytes:
        """What is wrong with the certificate."""
