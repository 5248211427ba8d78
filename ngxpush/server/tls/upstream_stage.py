"""A TLS connection to a server, without a socket: bytes from the server go in, plain bytes come out, and the other way round."""

from __future__ import annotations

from OpenSSL import SSL

from ...http.upstream.connection import Tls
from .faults import TlsFailed
from .host_names import is_for_host
from .upstream_contexts import UpstreamContexts
from .words import LEGACY_SIGNATURE, error_words, is_of_other_side, is_unsupported_protocol, verification_words

_MOST_READ = 64 * 1024
# The bytes of a record with a ServerHello up to its version.
_GREETING = 11
_OLD_PROTOCOLS = {b"\x03\x01": "tlsv1", b"\x03\x02": "tlsv1.1"}
# The code of a certificate that is valid: X509_V_OK.
_VALID = 0


class UpstreamStage:
    """What stands between a connection's socket and its plain bytes.

    After each call `take` gives the bytes that go to the server.
    is_established: the handshake is over, and the server's certificate is the right one.  is_ended: no more bytes come.
    """

    def __init__(self, tls: Tls, contexts: UpstreamContexts) -> None:
        """Raises CannotLoad."""
        self._tls = tls
        self.is_established = False
        self.is_ended = False
        self._has_received = False
        # The beginning of what the server has sent.
        self._greeting = b""
        self._connection = SSL.Connection(contexts.of(tls))
        self._connection.set_app_data(_VALID)
        if tls.server_name is not None:
            self._connection.set_tlsext_host_name(tls.server_name)
        if tls.sessions is not None and tls.settings in tls.sessions.last:
            session, verified = tls.sessions.last[tls.settings]
            self._connection.set_session(session)
            self._connection.set_app_data(verified)
        self._connection.set_connect_state()

    def _shake_hands(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error as error:
            raise self._handshake_failed(error) from None
        self._save_session()
        if self._connection.get_context().get_verify_mode() == SSL.VERIFY_PEER:
            self._verify()
        self.is_established = True

    def _handshake_failed(self, error: SSL.Error) -> TlsFailed:
        """nginx's words. Debian's OpenSSL begins TLS 1.0 or 1.1 where ours refuses it, and refuses the server's signature."""
        if is_unsupported_protocol(error) and _OLD_PROTOCOLS.get(self._greeting[9:11]) in self._tls.settings.protocols:
            return TlsFailed("crit", f"SSL_do_handshake() failed (SSL: {LEGACY_SIGNATURE})")
        return _failed("SSL_do_handshake()", error)

    def _verify(self) -> None:
        code = self._connection.get_app_data()
        if code != _VALID:
            raise TlsFailed("error", f"upstream SSL certificate verify error: ({code}:{verification_words(code)})")
        certificate = self._connection.get_peer_certificate()
        name = self._tls.name
        if certificate is None or not is_for_host(certificate.to_cryptography(), name):
            raise TlsFailed("error", f'upstream SSL certificate does not match "{name.decode("latin-1")}"')

    def _save_session(self) -> None:
        session = self._connection.get_session()
        if self._tls.sessions is not None and session is not None:
            self._tls.sessions.last[self._tls.settings] = session, self._connection.get_app_data()

    def receive(self, data: bytes) -> bytes:
        """Take bytes of the server; none begin the handshake. Returns the plain bytes in them. Raises TlsFailed."""
        if data:
            if len(self._greeting) < _GREETING:
                self._greeting += data[:_GREETING]
            self._connection.bio_write(data)
        if not self.is_established:
            self._shake_hands()
        return self._plain() if self.is_established else b""

    def _plain(self) -> bytes:
        pieces = []
        try:
            while True:
                pieces.append(self._connection.recv(_MOST_READ))
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.is_ended = True
        except SSL.Error as error:
            raise _failed("SSL_read()", error) from None
        if not self._has_received:
            self._has_received = bool(pieces)
            self._save_session()  # that of TLS 1.3 comes after the handshake
        return b"".join(pieces)

    def send(self, data: bytes) -> None:
        """Encrypt bytes for the server, once the handshake is over."""
        self._connection.sendall(data)

    def shut_down(self) -> None:
        """Say to the server that no more is sent."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            return

    def take(self) -> bytes:
        """The bytes for the server that have come about since the last call."""
        pieces = []
        try:
            while True:
                pieces.append(self._connection.bio_read(_MOST_READ))
        except SSL.WantReadError:
            return b"".join(pieces)


def _failed(call: str, error: SSL.Error) -> TlsFailed:
    if isinstance(error, SSL.ZeroReturnError | SSL.SysCallError):
        return TlsFailed("error", "peer closed connection in SSL handshake")
    level = "error" if is_of_other_side(error) else "crit"
    return TlsFailed(level, f"{call} failed (SSL: {error_words(error)})")
