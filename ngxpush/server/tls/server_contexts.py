"""OpenSSL's contexts of servers: their certificates, ciphers, protocols, what they ask of clients.

They are made before the workers are forked, as in nginx, so that each worker resumes what another one's ticket says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from cryptography.x509 import ocsp
from msgspec import Struct, field
from OpenSSL import SSL

from ...config.configuration import Http, Server
from ...config.directives.http.ssl import SslServer, Verify
from ...config.text import shown
from . import openssl
from .contexts import context_options, make_context, revoke, run, trust
from .credentials import use_certificate
from .faults import CannotLoad
from .groups import groups_fault
from .words import error_words

_MODE_RELEASE_BUFFERS = 0x10
# Options that a connection also gets when a server is chosen for it. A context's app data are those of its server.
_LATE_OPTIONS = SSL.OP_CIPHER_SERVER_PREFERENCE | SSL.OP_NO_TICKET
# A session may begin with early data as often as its client likes; without this OpenSSL looks for it in the cache, once.
_OP_NO_ANTI_REPLAY = 1 << 24
# Bytes before the handshake has ended.
_EARLY_DATA = 16384
_NO_ANSWER = (
    "error:068000A8:asn1 encoding routines::wrong tag error:0688010A:asn1 encoding routines::nested asn1 error:Type=OCSP_RESPONSE"
)

HTTP2 = b"h2"
_PROTOCOLS = (b"http/1.1", b"http/1.0", b"http/0.9")

Pairs = list[tuple[bytes, bytes]]
"""The full paths of certificates and of their keys; or `data:` and PEM."""


class ServerContexts(Struct, eq=False):
    """The contexts of an http block's servers that have certificates or refuse handshakes.

    used: the settings they are made of.
    """

    of_servers: dict[Server, SSL.Context] = field(default_factory=dict)
    used: dict[Server, SslServer] = field(default_factory=dict)

    def beginning(self, default: Server) -> SSL.Context:
        """The context that handshakes of an address begin with: that of its default server, or one without a certificate."""
        context = self.of_servers.get(default)
        if context is None:
            context = self.of_servers[default] = server_context(default.of(SslServer), [])
        return context

    def with_certificates(self, server: Server, pairs: Pairs) -> SSL.Context:
        """A context of its own for a server whose certificates have variables. Raises CannotLoad."""
        return server_context(self.used[server], pairs, at_start=False)


Choose = Callable[[Server, SslServer, Pairs], tuple[SslServer, Pairs]]
"""Replaces what a server is to use by what can be used."""


def make_contexts(http: Http, choose: Choose = lambda server, settings, pairs: (settings, pairs)) -> ServerContexts:
    """Raises CannotLoad."""
    contexts = ServerContexts()
    for server in http.servers:
        settings = server.of(SslServer)
        if settings.certificate or settings.reject_handshake:
            contexts.used[server], pairs = choose(server, settings, _constant_pairs(settings))
            contexts.of_servers[server] = server_context(contexts.used[server], pairs)
    return contexts


def has_variables(settings: SslServer) -> bool:
    return any(file.path.constant is None for file in (*settings.certificate, *settings.certificate_key))


def _constant_pairs(settings: SslServer) -> Pairs:
    if has_variables(settings):
        return []
    pairs = zip(settings.certificate, settings.certificate_key, strict=False)
    return [(certificate.constant, key.constant) for certificate, key in pairs]


def server_context(settings: SslServer, pairs: Pairs, at_start: bool = True) -> SSL.Context:
    """A context with these certificates and keys. at_start: see `use_certificate`. Raises CannotLoad."""
    options = context_options(settings.protocols, _options(settings), settings.conf_command)
    # What a connection has can't be taken from it, so it begins without a preference that its server may not have.
    beginning = options & ~SSL.OP_CIPHER_SERVER_PREFERENCE
    context = make_context(SSL.TLS_SERVER_METHOD, beginning, settings.ciphers, settings.dhparam == b"")
    context.set_app_data(options & _LATE_OPTIONS)
    context.set_mode(_MODE_RELEASE_BUFFERS)
    openssl.choose_by_name(context, _choose)
    context.set_alpn_select_callback(_select)
    if settings.early_data:
        openssl.take_early_data(context, _EARLY_DATA)
    used = [use_certificate(context, certificate, key, settings.password_file, at_start) for certificate, key in pairs]
    _set_key_exchange(context, settings)
    if settings.verify_client is not Verify.OFF:
        _verify(context, settings)
    if settings.trusted_certificate:
        trust(context, settings.trusted_certificate)
    if settings.crl:
        revoke(context, settings.crl)
    _set_sessions(context, settings, [file.path.text for file in settings.certificate] if has_variables(settings) else used)
    if settings.stapling and settings.stapling_file:
        answer = _stapled(settings.stapling_file)
        context.set_ocsp_server_callback(lambda connection, data: answer)
    for command in settings.conf_command:
        run(context, command)
    return context


def _options(settings: SslServer) -> int:
    options = SSL.OP_NO_RENEGOTIATION | _OP_NO_ANTI_REPLAY
    if settings.prefer_server_ciphers:
        options |= SSL.OP_CIPHER_SERVER_PREFERENCE
    if not settings.session_tickets:
        options |= SSL.OP_NO_TICKET
    return options


def _read(path: bytes, function: str) -> bytes:
    """What is in a file. function: what fails in nginx where it can't be read. Raises CannotLoad."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CannotLoad(f'{function}("{shown(path)}") failed ({error.errno}: {error.strerror})') from None


def _stapled(path: bytes) -> bytes:
    """The answer in a file. Raises CannotLoad."""
    answer = _read(path, "BIO_new_file")
    try:
        ocsp.load_der_ocsp_response(answer)
    except ValueError:
        reason = f" (SSL: {_NO_ANSWER})" if answer else ""
        raise CannotLoad(f'd2i_OCSP_RESPONSE_bio("{shown(path)}") failed{reason}') from None
    return answer


def _set_key_exchange(context: SSL.Context, settings: SslServer) -> None:
    if settings.dhparam:
        try:
            context.load_tmp_dh(settings.dhparam)
        except SSL.Error as error:
            raise CannotLoad(f'PEM_read_bio_DHparams("{shown(settings.dhparam)}") failed (SSL: {error_words(error)})') from None
    fault = None if settings.ecdh_curve == b"auto" else groups_fault(context, settings.ecdh_curve)
    if fault is not None:
        raise CannotLoad(f'SSL_CTX_set1_curves_list("{shown(settings.ecdh_curve)}") failed{fault and f" (SSL: {fault})"}')


def _verify(context: SSL.Context, settings: SslServer) -> None:
    """Ask for certificates. What they are worth is looked at after the handshake (`http.tls`), so that a page can say it."""
    openssl.verify_later(context, settings.crl != b"")
    context.set_verify_depth(settings.verify_depth)
    if settings.client_certificate:
        trust(context, settings.client_certificate)
        _name_authorities(context, settings.client_certificate)


def _name_authorities(context: SSL.Context, path: bytes) -> None:
    """Say to clients whose certificates are asked for."""
    try:
        context.load_client_ca(path)
    except SSL.Error as error:
        raise CannotLoad(f'SSL_load_client_CA_file("{shown(path)}") failed (SSL: {error_words(error)})') from None


def _set_sessions(context: SSL.Context, settings: SslServer, certificates: Sequence[bytes]) -> None:
    """A session is resumed only by a server with the same certificates that asks the same of clients.

    certificates: what distinguishes them: their fingerprints, or their names if these have variables.
    """
    own = hashlib.sha256(b"HTTP")
    for certificate in certificates:
        own.update(certificate)
    if settings.client_certificate and settings.verify_client is not Verify.OFF:
        own.update(_read(settings.client_certificate, "SSL_load_client_CA_file"))
    context.set_session_id(own.digest())
    context.set_timeout(settings.session_timeout)
    if settings.session_cache == (b"off",):
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    elif settings.session_cache == (b"none",):
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER | SSL.SESS_CACHE_NO_INTERNAL)
    else:
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER)


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
