"""On which addresses clients speak TLS."""

from __future__ import annotations

from .configuration import ListenAddress, Server
from .directives.http.ssl import SslServer


def has_tls(listen: ListenAddress, default_server: Server) -> bool:
    """Whether connections to an address have to begin with a handshake of TLS. default_server: of the address."""
    return "ssl" in dict(listen.options) or default_server.of(SslServer).ssl
