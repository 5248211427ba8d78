"""OpenSSL's contexts for connections to upstreams (proxy_ssl_… and its kin)."""

from __future__ import annotations

from OpenSSL import SSL, crypto

from ...config.directives.gateways.tls import UpstreamTls
from ...http.upstream.connection import Tls
from .contexts import context_options, make_context, revoke, run, trust
from .credentials import use_certificate


class UpstreamContexts:
    """The contexts of a configuration. They are made at start, while the process may read every file."""

    def __init__(self) -> None:
        self._contexts: dict[UpstreamTls, SSL.Context] = {}
        self._used: dict[UpstreamTls, UpstreamTls] = {}

    def add(self, settings: UpstreamTls, used: UpstreamTls | None = None) -> SSL.Context:
        """The context for these settings, which is made if there is none. used: in their place. Raises CannotLoad."""
        found = self._contexts.get(settings)
        if found is None:
            self._used[settings] = used or settings
            found = self._contexts[settings] = upstream_context(self._used[settings])
        return found

    def of(self, tls: Tls) -> SSL.Context:
        """The context for a connection: one of its own if its certificate is. Raises CannotLoad."""
        if not tls.certificate:
            return self.add(tls.settings)
        context = upstream_context(self._used.get(tls.settings, tls.settings))
        use_certificate(context, tls.certificate, tls.certificate_key, tls.settings.passwords, at_start=False)
        return context


def upstream_context(settings: UpstreamTls) -> SSL.Context:
    """A new context. Raises CannotLoad.

    Certificates of servers are verified, but the handshake goes on whatever comes of that (`_note`), as in nginx.
    """
    options = context_options(settings.protocols, 0, settings.conf_commands)
    context = make_context(SSL.TLS_CLIENT_METHOD, options, settings.ciphers)
    if settings.certificate:
        use_certificate(context, settings.certificate, settings.certificate_key, settings.passwords, at_start=True)
    if settings.verify:
        context.set_verify_depth(settings.verify_depth)
        context.set_verify(SSL.VERIFY_PEER, _note)
        trust(context, settings.trusted_certificate)
        if settings.crl:
            revoke(context, settings.crl)
    if settings.alpn:
        context.set_alpn_protos(list(settings.alpn))
    for command in settings.conf_commands:
        run(context, command)
    return context


def _note(connection: SSL.Connection, certificate: crypto.X509, code: int, depth: int, good: int) -> bool:
    """Keep what is wrong with a certificate: the last word counts. The handshake goes on."""
    if not good:
        connection.set_app_data(code)
    return True
