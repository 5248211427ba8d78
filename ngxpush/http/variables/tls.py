"""Variables of a connection's TLS. Without TLS they are missing, and so are empty values."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_from_bytes

from ..request import Request
from ..tls_facts import ClientCertificate, ConnectionTls
from .evaluation import Getter

_DAY = 24 * 60 * 60


def _tls(value: Callable[[ConnectionTls], bytes | None]) -> Getter:
    def get(request: Request) -> bytes | None:
        tls = request.connection.tls
        return None if tls is None else value(tls) or None

    return get, True


def _certificate(value: Callable[[ClientCertificate], bytes]) -> Getter:
    """A value of the client's certificate; empty without one."""

    def of(tls: ConnectionTls) -> bytes | None:
        certificate = tls.certificate
        return None if certificate is None else value(certificate)

    return _tls(of)


def _verify(tls: ConnectionTls) -> bytes:
    if tls.certificate is None:
        return b"NONE"
    code = tls.verify_result
    return b"FAILED:" + tls.verify_words(code) if code else b"SUCCESS"


def _remain(request: Request) -> bytes | None:
    """Days until the certificate ends."""
    tls = request.connection.tls
    if tls is None or tls.certificate is None:
        return None
    return b"%d" % max(0, int(tls.certificate.ends - request.now) // _DAY)


def _indented(pem: bytes) -> bytes:
    """A certificate as the value of a header: its further lines begin with a tab."""
    return pem.removesuffix(b"\n").replace(b"\n", b"\n\t")


def _escaped(pem: bytes) -> bytes:
    return quote_from_bytes(pem, safe="").encode()


VARIABLES: dict[bytes, Getter] = {
    b"ssl_protocol": _tls(lambda tls: tls.protocol),
    b"ssl_cipher": _tls(lambda tls: tls.cipher),
    b"ssl_ciphers": _tls(lambda tls: tls.ciphers),
    b"ssl_curve": _tls(lambda tls: tls.curve),
    b"ssl_curves": _tls(lambda tls: tls.curves),
    b"ssl_session_id": _tls(lambda tls: tls.session_id),
    b"ssl_session_reused": _tls(lambda tls: b"r" if tls.session_reused else b"."),
    b"ssl_early_data": _tls(lambda tls: b"1" if tls.is_early else None),
    b"ssl_server_name": _tls(lambda tls: tls.server_name),
    b"ssl_alpn_protocol": _tls(lambda tls: tls.alpn_protocol),
    b"ssl_client_cert": _certificate(lambda certificate: _indented(certificate.pem)),
    b"ssl_client_raw_cert": _certificate(lambda certificate: certificate.pem),
    b"ssl_client_escaped_cert": _certificate(lambda certificate: _escaped(certificate.pem)),
    b"ssl_client_s_dn": _certificate(lambda certificate: certificate.subject),
    b"ssl_client_i_dn": _certificate(lambda certificate: certificate.issuer),
    b"ssl_client_s_dn_legacy": _certificate(lambda certificate: certificate.legacy_subject),
    b"ssl_client_i_dn_legacy": _certificate(lambda certificate: certificate.legacy_issuer),
    b"ssl_client_serial": _certificate(lambda certificate: certificate.serial),
    b"ssl_client_fingerprint": _certificate(lambda certificate: certificate.fingerprint),
    b"ssl_client_verify": _tls(_verify),
    b"ssl_client_v_start": _certificate(lambda certificate: certificate.valid_from),
    b"ssl_client_v_end": _certificate(lambda certificate: certificate.valid_until),
    b"ssl_client_v_remain": (_remain, True),
}
