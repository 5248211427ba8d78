"""TLS to the servers of a location, as its settings and the request have it."""

from __future__ import annotations

from ...config.addresses import is_ipv4
from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.gateways.tls import UpstreamTls
from ..request import Request
from ..variables.evaluation import evaluate
from .connection import Tls


def upstream_tls(settings: GatewayLocation) -> UpstreamTls:
    """What connections of a location have in common: what is loaded at start."""
    certificate, key = settings.ssl_certificate, settings.ssl_certificate_key
    own = certificate is not None and key is not None and certificate.constant and key.constant
    return UpstreamTls(
        settings.ssl_protocols,
        settings.ssl_ciphers,
        settings.ssl_verify,
        settings.ssl_verify_depth,
        settings.ssl_trusted_certificate,
        settings.ssl_crl,
        certificate.constant if own and certificate is not None else b"",
        key.constant if own and key is not None else b"",
        settings.ssl_password_file,
        settings.ssl_conf_command,
        settings.alpn,
    )


def tls_of(request: Request, settings: GatewayLocation, host: bytes) -> Tls:
    """TLS for the request. host: of the target, which is the name if no other is set; it may have a port."""
    name = without_port(host if settings.ssl_name is None else evaluate(request, settings.ssl_name))
    common = upstream_tls(settings)
    certificate = key = b""
    if settings.ssl_certificate is not None and settings.ssl_certificate_key is not None and not common.certificate:
        certificate = evaluate(request, settings.ssl_certificate.path)
        if certificate:
            certificate = settings.ssl_certificate.full(certificate)
            key = settings.ssl_certificate_key.full(evaluate(request, settings.ssl_certificate_key.path))
    return Tls(
        common,
        name,
        name if settings.ssl_server_name and is_host_name(name) else None,
        certificate,
        key,
        settings.ssl_session_reuse,
    )


def without_port(name: bytes) -> bytes:
    """A host without its port. An IPv6 address keeps its brackets."""
    start = name.find(b"]") if name.startswith(b"[") else 0
    colon = name.find(b":", max(0, start))
    return name if colon < 0 else name[:colon]


def is_host_name(name: bytes) -> bool:
    """Whether it is a name that may be sent to a server (RFC 6066): not an address, not empty."""
    return bool(name) and not name.startswith(b"[") and not is_ipv4(name)
