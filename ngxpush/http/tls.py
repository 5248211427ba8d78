"""The server of a request, and what nginx refuses because of TLS before it is served."""

from __future__ import annotations

from ..config.configuration import Server
from ..config.directives.http.ssl import SslServer, Verify
from .request import ClientConnection, Request
from .request_line import Refused
from .routing import Listener
from .status import CERTIFICATE_ERROR, MISDIRECTED_REQUEST, NO_CERTIFICATE, TO_HTTPS

# What is wrong with a certificate where `optional_no_ca` asks no authority about it (OpenSSL's X509_V_ERR_…).
_WITHOUT_AUTHORITY = frozenset((2, 18, 19, 20, 21))


def choose_server(listener: Listener, request: Request, host: bytes) -> None:
    """Put a request into the server for its host (b"" where the client named none). Raises Refused and PatternFailed."""
    server = listener.find_server(request, host)
    if request.connection.tls is not None:
        check_server(request.connection, server, host)
    request.server, request.location = server, server.location


def check_server(connection: ClientConnection, server: Server, host: bytes) -> None:
    """Refuse a host other than the name in the handshake if its server verifies clients: another server has let this one in."""
    tls = connection.tls
    if tls is None or tls.server is None or tls.host == host:
        return
    if server.of(SslServer).verify_client is not Verify.OFF:
        raise Refused(
            MISDIRECTED_REQUEST, b"client attempted to request the server name different from the one that was negotiated"
        )


def refusal(request: Request) -> int | None:
    """The status for a request to an address with TLS that did not come as its server wants it. It is logged.

    None for one that has TLS and a certificate that is good enough.
    """
    connection = request.connection
    tls = connection.tls
    if tls is None:
        connection.log("info", "client sent plain HTTP request to HTTPS port", request)
        return TO_HTTPS
    verify = request.server.of(SslServer).verify_client
    if verify is Verify.OFF:
        return None
    code = tls.verify_result
    if code and not (verify is Verify.OPTIONAL_NO_CA and code in _WITHOUT_AUTHORITY):
        text = b"client SSL certificate verify error: (%d:%b)" % (code, tls.verify_words(code))
        connection.log("info", text, request)
        tls.forget_session()
        return CERTIFICATE_ERROR
    if verify is Verify.ON and tls.certificate is None:
        connection.log("info", "client sent no required SSL certificate", request)
        tls.forget_session()
        return NO_CERTIFICATE
    return None
