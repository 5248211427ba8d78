"""OpenSSL's contexts of servers: their certificates, ciphers, protocols, what they ask of clients.

They are made before the workers are forked, as in nginx, so that each worker resumes what another one's ticket says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from ...config.configuration import Http, Server
from ...config.directives.http.ssl import SslServer, Verify
from ...config.text import shown
from . import openssl
from .conf_commands import BadValue, NoSuchCommand, run_command
from .words import error_words

_OPTIONS = {
    "SSLv2": SSL.OP_NO_SSLv2,
    "SSLv3": SSL.OP_NO_SSLv3,
    "TLSv1": SSL.OP_NO_TLSv1,
    "TLSv1.1": SSL.OP_NO_TLSv1_1,
    "TLSv1.2": SSL.OP_NO_TLSv1_2,
    "TLSv1.3": SSL.OP_NO_TLSv1_3,
}
# Of OpenSSL 3: a client that closes without saying so is taken for one that says so.
_OP_IGNORE_UNEXPECTED_EOF = 1 << 7

_MODE_RELEASE_BUFFERS = 0x10

HTTP2 = b"h2"
_PROTOCOLS = (b"http/1.1", b"http/1.0", b"http/0.9")

Read = Callable[[bytes], bytes]
"""Returns what is in a file; raises OSError."""


Pairs = list[tuple[bytes, bytes]]
"""The names of certificates and of their keys."""


class CannotUse(Exception):
    """What OpenSSL can't use, in nginx's words."""


@dataclass(slots=True, eq=False)
class ServerContexts:
    """The contexts of an http block's servers that have certificates or refuse handshakes."""

    read: Read
    of_servers: dict[Server, SSL.Context] = field(default_factory=dict)

    def beginning(self, default: Server) -> SSL.Context:
        """The context that handshakes of an address begin with: that of its default server, or one without a certificate."""
        context = self.of_servers.get(default)
        if context is None:
            context = self.of_servers[default] = make_context(default.of(SslServer), [], self.read)
        return context

    def with_certificates(self, server: Server, pairs: Pairs) -> SSL.Context:
        """A context of its own for a server whose certificates have variables. Raises CannotUse."""
        return make_context(server.of(SslServer), pairs, self.read)


Choose = Callable[[Server, SslServer, Pairs], tuple[SslServer, Pairs]]
"""Replaces what a server is to use by what can be used."""


def make_contexts(http: Http, read: Read, choose: Choose = lambda server, settings, pairs: (settings, pairs)) -> ServerContexts:
    """Raises CannotUse."""
    contexts = ServerContexts(read)
    for server in http.servers:
        settings = server.of(SslServer)
        if settings.certificate or settings.reject_handshake:
            settings, pairs = choose(server, settings, _constant_pairs(settings))
            contexts.of_servers[server] = make_context(settings, pairs, read)
    return contexts


def has_variables(settings: SslServer) -> bool:
    return any(name.text.constant is None for name in (*settings.certificate, *settings.certificate_key))


def _constant_pairs(settings: SslServer) -> Pairs:
    if has_variables(settings):
        return []
    pairs = zip(settings.certificate, settings.certificate_key, strict=False)
    return [(certificate.text.text, key.text.text) for certificate, key in pairs]


def make_context(settings: SslServer, pairs: Pairs, read: Read) -> SSL.Context:
    """A context with these certificates and keys. Raises CannotUse."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_options(_OP_IGNORE_UNEXPECTED_EOF | SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
    context.set_mode(_MODE_RELEASE_BUFFERS)
    openssl.choose_by_name(context, _choose)
    context.set_alpn_select_callback(_select)
    for protocol, option in _OPTIONS.items():
        if protocol not in settings.protocols:
            context.set_options(option)
    _set_ciphers(context, settings)
    for certificate, key in pairs:
        _use_certificate(context, certificate, key, settings, read)
    _set_key_exchange(context, settings)
    if settings.verify_client is not Verify.OFF:
        _verify(context, settings)
    _set_sessions(context, settings, pairs, read)
    if settings.stapling and settings.stapling_file:
        answer = read(settings.stapling_file)
        context.set_ocsp_server_callback(lambda connection, data: answer)
    for name, value in settings.conf_command:
        _command(context, name, value)
    return context


def _set_ciphers(context: SSL.Context, settings: SslServer) -> None:
    try:
        context.set_cipher_list(settings.ciphers)
    except SSL.Error as error:
        raise CannotUse(f'SSL_CTX_set_cipher_list("{shown(settings.ciphers)}") failed (SSL: {error_words(error)})') from None
    if settings.prefer_server_ciphers:
        context.set_options(SSL.OP_CIPHER_SERVER_PREFERENCE)


def _use_certificate(context: SSL.Context, certificate: bytes, key: bytes, settings: SslServer, read: Read) -> None:
    path = shown(certificate)
    try:
        if certificate.startswith(b"data:"):
            chain = x509.load_pem_x509_certificates(certificate.removeprefix(b"data:"))
            context.use_certificate(crypto.X509.from_cryptography(chain[0]))
            for issuer in chain[1:]:
                context.add_extra_chain_cert(crypto.X509.from_cryptography(issuer))
        else:
            context.use_certificate_chain_file(certificate)
    except (SSL.Error, ValueError) as error:
        words = error_words(error) if isinstance(error, SSL.Error) else "error:0480006C:PEM routines::no start line"
        raise CannotUse(f'cannot load certificate "{path}": PEM_read_bio_X509_AUX() failed (SSL: {words})') from None
    private = _private_key(key, settings, read)
    try:
        context.use_privatekey(crypto.PKey.from_cryptography_key(private))  # type: ignore[arg-type]
    except SSL.Error as error:
        raise CannotUse(f'SSL_CTX_use_PrivateKey("{shown(key)}") failed (SSL: {error_words(error)})') from None


def _private_key(key: bytes, settings: SslServer, read: Read) -> object:
    """A key, with the first password of the file that opens it."""
    begin = f'cannot load certificate key "{shown(key)}"'
    try:
        content = key.removeprefix(b"data:") if key.startswith(b"data:") else read(key)
    except OSError as error:
        raise CannotUse(f"{begin}: BIO_new_file() failed ({error.errno}: {error.strerror})") from None
    for password in (None, *settings.password_file):
        try:
            return load_pem_private_key(content, password)
        except (ValueError, TypeError):
            continue
    raise CannotUse(f"{begin}: PEM_read_bio_PrivateKey() failed (SSL: {_bad_key(content, bool(settings.password_file))})")


def _bad_key(content: bytes, has_passwords: bool) -> str:
    if b"ENCRYPTED" not in content:
        return "error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM"
    if has_passwords:
        return "error:1C800064:Provider routines::bad decrypt error:11800074:PKCS12 routines::pkcs12 cipherfinal error"
    return "error:1400006B:UI routines::processing error:while reading strings"


def _set_key_exchange(context: SSL.Context, settings: SslServer) -> None:
    if settings.dhparam:
        context.load_tmp_dh(settings.dhparam)
    if settings.ecdh_curve != b"auto" and not openssl.set_curves(context, settings.ecdh_curve):
        raise CannotUse(f'SSL_CTX_set1_curves_list("{shown(settings.ecdh_curve)}") failed')


def _verify(context: SSL.Context, settings: SslServer) -> None:
    """Ask for certificates. What they are worth is looked at after the handshake (`http.tls`), so that a page can say it."""
    openssl.verify_later(context)
    context.set_verify_depth(settings.verify_depth)
    if settings.client_certificate:
        _load(context, settings.client_certificate, "SSL_CTX_load_verify_locations")
        context.load_client_ca(settings.client_certificate)
    if settings.trusted_certificate:
        _load(context, settings.trusted_certificate, "SSL_CTX_load_verify_locations")
    if settings.crl:
        _load(context, settings.crl, "X509_LOOKUP_load_file")
        store = context.get_cert_store()
        assert store is not None
        store.set_flags(crypto.X509StoreFlags.CRL_CHECK | crypto.X509StoreFlags.CRL_CHECK_ALL)


def _load(context: SSL.Context, path: bytes, function: str) -> None:
    """Take the certificates and lists of revoked certificates in a file."""
    try:
        context.load_verify_locations(path)
    except SSL.Error as error:
        raise CannotUse(f'{function}("{shown(path)}") failed (SSL: {error_words(error)})') from None


def _set_sessions(context: SSL.Context, settings: SslServer, pairs: Pairs, read: Read) -> None:
    """A session is resumed only by a server with the same certificates that asks the same of clients."""
    own = hashlib.sha256(b"HTTP")
    for certificate, _ in pairs:
        own.update(certificate)
    if settings.client_certificate:
        own.update(read(settings.client_certificate))
    context.set_session_id(own.digest())
    context.set_timeout(settings.session_timeout)
    if not settings.session_tickets:
        context.set_options(SSL.OP_NO_TICKET)
    if settings.session_cache == (b"off",):
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    elif settings.session_cache == (b"none",):
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER | SSL.SESS_CACHE_NO_INTERNAL)
    else:
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER)


def _command(context: SSL.Context, name: bytes, value: bytes) -> None:
    begin = f'SSL_CONF_cmd("{shown(name)}", "{shown(value)}") failed'
    try:
        run_command(context, name, value)
    except NoSuchCommand:
        raise CannotUse(f"{begin} (SSL: error:0A000182:SSL routines::unknown cmd name:cmd={shown(name)})") from None
    except BadValue:
        words = f"error:0A000180:SSL routines::bad value:cmd={shown(name)}, value={shown(value)}"
        raise CannotUse(f"{begin} (SSL: {words})") from None
    except SSL.Error as error:
        raise CannotUse(f"{begin} (SSL: {error_words(error)})") from None


def _choose(connection: SSL.Connection) -> int:
    """What OpenSSL asks in each handshake: see `server_choice.ServerChoice`, which is the connection's app data."""
    return int(connection.get_app_data().choose())


class NoCommonProtocol(Exception):
    """The client speaks none of our protocols: the handshake ends with an alert."""


def _select(connection: SSL.Connection, offered: list[bytes]) -> bytes:
    """ALPN as nginx answers it: the first of its own protocols that the client offers. HTTP/2 comes first where it is spoken."""
    choice = connection.get_app_data()
    for protocol in (HTTP2, *_PROTOCOLS) if choice.speaks_http2 else _PROTOCOLS:
        if protocol in offered:
            return protocol
    raise NoCommonProtocol
