"""OpenSSL's errors in the words in which nginx logs them: those of OpenSSL 3.0, which Debian's nginx 1.22.1 is built with.

pyOpenSSL keeps of an error only its texts. The numbers, which nginx prints too, follow from them: a library has a number, and so
has each of its reasons (`openssl.error_code`).
"""

from __future__ import annotations

from OpenSSL import SSL, crypto

from . import openssl

# The reasons that nginx takes for the other side's fault: it logs them at level info for clients, and error for upstreams.
_OTHER_SIDE = frozenset(
    (
        "bad change cipher spec",
        "bad dh value",
        "bad ecc cert",
        "bad ecpoint",
        "bad extension",
        "bad key share",
        "bad packet length",
        "bad signature",
        "block cipher pad is wrong",
        "cert cb error",
        "clienthello tlsext",
        "decryption failed or bad record mac",
        "digest check failed",
        "error in received cipher list",
        "excessive message size",
        "http request",
        "https proxy request",
        "inappropriate fallback",
        "invalid compression algorithm",
        "length mismatch",
        "no ciphers specified",
        "no compression specified",
        "no renegotiation",
        "no shared cipher",
        "no suitable key share",
        "no suitable signature algorithm",
        "parse tlsext",
        "record length mismatch",
        "renegotiate ext too long",
        "renegotiation encoding err",
        "renegotiation mismatch",
        "unexpected message",
        "unexpected record",
        "unknown alert type",
        "unknown protocol",
        "unsafe legacy renegotiation disabled",
        "unsupported protocol",
        "version too low",
        "wrong version number",
    )
)
_ALERTS = {
    "sslv3 alert unexpected message": 10,
    "sslv3 alert bad record mac": 20,
    "tlsv1 alert decryption failed": 21,
    "tlsv1 alert record overflow": 22,
    "sslv3 alert decompression failure": 30,
    "sslv3 alert handshake failure": 40,
    "sslv3 alert no certificate": 41,
    "sslv3 alert bad certificate": 42,
    "sslv3 alert unsupported certificate": 43,
    "sslv3 alert certificate revoked": 44,
    "sslv3 alert certificate expired": 45,
    "sslv3 alert certificate unknown": 46,
    "sslv3 alert illegal parameter": 47,
    "tlsv1 alert unknown ca": 48,
    "tlsv1 alert access denied": 49,
    "tlsv1 alert decode error": 50,
    "tlsv1 alert decrypt error": 51,
    "tlsv1 alert export restriction": 60,
    "tlsv1 alert protocol version": 70,
    "tlsv1 alert insufficient security": 71,
    "tlsv1 alert internal error": 80,
    "tlsv1 alert inappropriate fallback": 86,
    "tlsv1 alert user cancelled": 90,
    "tlsv1 alert no renegotiation": 100,
    "tlsv13 alert missing extension": 109,
    "tlsv1 unsupported extension": 110,
    "tlsv1 certificate unobtainable": 111,
    "tlsv1 unrecognized name": 112,
    "tlsv1 bad certificate status response": 113,
    "tlsv1 bad certificate hash value": 114,
    "tlsv1 alert unknown psk identity": 115,
    "tlsv13 alert certificate required": 116,
    "tlsv1 alert no application protocol": 120,
}
# Reasons that later versions of OpenSSL add to others, and those that they name otherwise.
_LATER = frozenset(("passed a null parameter", "record layer failure"))
_OTHERWISE = {"data length too long": "packet length too long"}
# Alerts with higher numbers came later than nginx's list of the faults of others.
_LAST_ALERT = 100
LEGACY_SIGNATURE = "error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported"
"""What OpenSSL 3.0 says of the signature of a server with TLS 1.0 or 1.1."""

_VERIFICATION = {
    0: "ok",
    2: "unable to get issuer certificate",
    3: "unable to get certificate CRL",
    7: "certificate signature failure",
    8: "CRL signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    11: "CRL is not yet valid",
    12: "CRL has expired",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    21: "unable to verify the first certificate",
    22: "certificate chain too long",
    23: "certificate revoked",
    24: "issuer certificate doesn't have a public key",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    27: "certificate not trusted",
    28: "certificate rejected",
    32: "key usage does not include certificate signing",
    33: "unable to get CRL issuer certificate",
    34: "unhandled critical extension",
    35: "key usage does not include CRL signing",
    37: "invalid non-CA certificate (has CA markings)",
    47: "permitted subtree violation",
    48: "excluded subtree violation",
    66: "EE certificate key too weak",
    67: "CA certificate key too weak",
    68: "CA signature digest algorithm too weak",
    79: "invalid CA certificate",
}


def error_words(error: SSL.Error | crypto.Error) -> str:
    """`error:0A00010B:SSL routines::wrong version number`, as nginx writes it after `SSL: `."""
    return " ".join(_one(library, reason) for library, reason in _reasons(error))


def _one(library: str, reason: str) -> str:
    alert = _ALERTS.get(reason)
    code = openssl.error_code(library, reason) if alert is None else openssl.error_code("SSL routines", "") | 1000 + alert
    end = "" if alert is None else f":SSL alert number {alert}"
    return f"error:{code:08X}:{library}::{reason}{end}"


def _reasons(error: SSL.Error | crypto.Error) -> list[tuple[str, str]]:
    """The libraries and reasons of an error, as OpenSSL 3.0 writes them."""
    found = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return [(library, _reason(reason)) for library, _, reason in found if reason not in _LATER]


def _reason(reason: str) -> str:
    _, alert, what = reason.partition("tls alert ")
    if not alert:
        return _OTHERWISE.get(reason, reason)
    return next((known for known in _ALERTS if known.endswith(f" {what}")), reason)


def is_of_other_side(error: SSL.Error) -> bool:
    """Whether the other side has done something wrong, as nginx sees it: any other error it logs at level crit."""
    reasons = _reasons(error)
    reason = reasons[0][1] if reasons else ""
    return reason in _OTHER_SIDE or _ALERTS.get(reason, _LAST_ALERT + 1) <= _LAST_ALERT


def is_unsupported_protocol(error: SSL.Error) -> bool:
    """Whether the other side has chosen a version of TLS that is refused here."""
    return [reason for _, reason in _reasons(error)] == ["unsupported protocol"]


def verification_words(code: int) -> str:
    """Why a certificate is not valid: `self-signed certificate`. code: OpenSSL's X509_V_…"""
    return _VERIFICATION.get(code, "unspecified certificate verification error")
