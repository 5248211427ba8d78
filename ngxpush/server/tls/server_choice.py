"""Which server, and so which certificate, a handshake is for."""

from __future__ import annotations

from OpenSSL import SSL

from ...config.configuration import Server
from ...config.directives.gateways.tls import CredentialFile
from ...config.directives.http.ssl import SslServer, Verify
from ...config.pattern import PatternFailed
from ...http.parser import validate_host
from ...http.request import Request
from ...http.variables.evaluation import evaluate
from ..clients.machines import Machine
from . import openssl
from .client_hello import ClientHello
from .facts import StageTls
from .faults import CannotLoad
from .server_contexts import ServerContexts, has_variables


class ServerChoice:
    """Chooses in the middle of a handshake.

    server: the one that has the client's name; None before, and if none has it.  host: this name, as a Host header gives it.
    fault: OpenSSL's words for why it ends the handshake; "" for none, because the log has them already; None if it goes on.
    """

    __slots__ = ("_connection", "_tls", "fault", "host", "server")

    def __init__(self, connection: Machine, tls: SSL.Connection) -> None:
        self._connection = connection
        self._tls = tls
        self.server: Server | None = None
        self.host = b""
        self.fault: str | None = None

    @property
    def speaks_http2(self) -> bool:
        """Whether the address offers HTTP/2."""
        return self._connection.listener.speaks_http2

    def choose(self) -> int:
        """Take the certificates and rules of the server that the client names. Returns an alert to end with, or 0."""
        listener = self._connection.listener
        request = Request(self._connection.facts, listener.http, listener.default_server, listener.default_server.location)
        name = self._tls.get_servername()
        host = None if name is None else validate_host(name)
        if host:
            self.host = host
            try:
                self.server = listener.named_server(request, host)
            except PatternFailed as failed:
                self._connection.log("alert", failed.message)
                return openssl.INTERNAL_ERROR
        contexts: ServerContexts = listener.http.tls
        server = self.server
        if server is None or server not in contexts.of_servers:
            server = listener.default_server  # its certificates serve those that have none
        settings = server.of(SslServer)
        if settings.reject_handshake:
            self.fault = "error:0A0000EA:SSL routines::callback failed"
            if not listener.default_server.of(SslServer).early_data:
                self._connection.log("info", "handshake rejected while SSL handshaking")
                self.fault = ""
            return openssl.UNRECOGNIZED_NAME
        try:
            context = self._made_now(request, contexts, server) if has_variables(settings) else contexts.of_servers[server]
        except CannotLoad as error:
            self._connection.log("error", f"{error} while SSL handshaking")
            self.fault = "error:0A000179:SSL routines::cert cb error"
            return openssl.INTERNAL_ERROR
        self._use(context, settings)
        return 0

    def _made_now(self, request: Request, contexts: ServerContexts, server: Server) -> SSL.Context:
        """A context with the certificates that the variables name. Raises CannotLoad."""
        request.server, request.location = server, server.location
        settings, facts = server.of(SslServer), self._connection.facts
        facts.tls = StageTls(self._tls, self.server, self.host, ClientHello())
        try:
            names = zip(settings.certificate, settings.certificate_key, strict=False)
            return contexts.with_certificates(server, [(_path(request, name), _path(request, key)) for name, key in names])
        finally:
            facts.tls = None

    def _use(self, context: SSL.Context, settings: SslServer) -> None:
        """OpenSSL takes only certificates and ciphers from another context; the rest has to be said."""
        self._tls.set_options(context.get_app_data())
        if context is self._tls.get_context():
            return
        self._tls.set_context(context)
        if settings.verify_client is Verify.OFF:
            self._tls.set_verify(SSL.VERIFY_NONE)
        else:
            openssl.verify_later(self._tls)


def _path(request: Request, file: CredentialFile) -> bytes:
    return file.full(evaluate(request, file.path))
