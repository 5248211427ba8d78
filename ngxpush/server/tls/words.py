"""OpenSSL's errors in the words in which nginx logs them: those of OpenSSL 3.0, which Debian's nginx 1.22.1 is built with.

pyOpenSSL keeps of an error only its texts. The numbers, which nginx prints too, follow from them: a library has a number, and so
has each of its reasons.
"""

from __future__ import annotations

from OpenSSL import SSL, crypto

_LIBRARIES = {
    "digital envelope routines": 0x06,
    "PEM routines": 0x09,
    "x509 certificate routines": 0x0B,
    "asn1 encoding routines": 0x0D,
    "SSL routines": 0x14,
    "BIO routines": 0x20,
    "PKCS12 routines": 0x23,
    "Provider routines": 0x39,
    "DECODER routines": 0x3C,
}
# The reasons that nginx takes for the other side's fault: it logs them at level info for clients, and error for upstreams.
_OTHER_SIDE = {
    "bad change cipher spec": 103,
    "bad dh value": 102,
    "bad digest length": 111,
    "bad ecc cert": 304,
    "bad ecpoint": 306,
    "bad extension": 110,
    "bad key share": 108,
    "bad length": 271,
    "bad packet length": 115,
    "bad signature": 123,
    "block cipher pad is wrong": 129,
    "cert cb error": 377,
    "clienthello tlsext": 226,
    "data between ccs and finished": 145,
    "decryption failed or bad record mac": 281,
    "digest check failed": 149,
    "encrypted length too long": 150,
    "error in received cipher list": 151,
    "excessive message size": 152,
    "http request": 156,
    "https proxy request": 155,
    "inappropriate fallback": 373,
    "invalid compression algorithm": 341,
    "length mismatch": 159,
    "missing sigalgs extension": 112,
    "no ciphers specified": 183,
    "no compression specified": 187,
    "no renegotiation": 339,
    "no shared cipher": 193,
    "no shared signature algorithms": 376,
    "no suitable key share": 101,
    "no suitable signature algorithm": 118,
    "parse tlsext": 227,
    "record length mismatch": 213,
    "record too small": 298,
    "renegotiate ext too long": 335,
    "renegotiation encoding err": 336,
    "renegotiation mismatch": 337,
    "too many warn alerts": 409,
    "unexpected message": 244,
    "unexpected record": 245,
    "unknown alert type": 246,
    "unknown protocol": 252,
    "unsafe legacy renegotiation disabled": 338,
    "unsupported protocol": 258,
    "version too low": 396,
    "wrong version number": 267,
}
_OTHERS = {
    "bad base64 decode": 100,
    "bad record type": 443,
    "ca key too small": 397,
    "ca md too weak": 398,
    "certificate verify failed": 134,
    "cipher operation failed": 102,
    "dh key too small": 394,
    "ee key too small": 399,
    "key values mismatch": 116,
    "no certificate or crl found": 136,
    "no certificates returned": 176,
    "no ciphers available": 181,
    "no cipher match": 185,
    "no protocols available": 191,
    "no start line": 108,
    "packet length too long": 198,
    "peer did not return a certificate": 199,
    "unexpected eof while reading": 294,
    "unknown cipher returned": 248,
    "unsolicited extension": 217,
    "unsupported": 0x8010C,
    "wrong certificate type": 383,
    "wrong cipher returned": 261,
    "wrong signature type": 370,
    "wrong ssl version": 266,
}
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
    number = _OTHER_SIDE.get(reason) or _OTHERS.get(reason, 0) if alert is None else 1000 + alert
    code = _LIBRARIES.get(library, 0) << 23 | number
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
