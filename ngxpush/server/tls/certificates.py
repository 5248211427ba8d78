"""A client's certificate as nginx's variables show it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import crypto

from . import openssl

# What stands after a backslash in a name (RFC 2253, 2.4).
_SPECIAL = frozenset(b',+"\\<>;')


class ShownCertificate:
    """See `http.tls_facts.ClientCertificate`."""

    def __init__(self, certificate: crypto.X509) -> None:
        made = certificate.to_cryptography()
        der = made.public_bytes(Encoding.DER)
        self.pem = made.public_bytes(Encoding.PEM)
        self.subject = _name(made.subject, openssl.short_names(certificate, of_issuer=False))
        self.issuer = _name(made.issuer, openssl.short_names(certificate, of_issuer=True))
        self.legacy_subject = openssl.one_line(certificate, of_issuer=False)
        self.legacy_issuer = openssl.one_line(certificate, of_issuer=True)
        serial = b"%X" % made.serial_number
        self.serial = serial if len(serial) % 2 == 0 else b"0" + serial
        self.fingerprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().encode()
        self.valid_from, self.valid_until = _time(made.not_valid_before_utc), _time(made.not_valid_after_utc)
        self.ends = made.not_valid_after_utc.timestamp()


def _time(time: datetime) -> bytes:
    """As OpenSSL prints it: `Nov  9 06:41:00 2026 GMT`."""
    return time.strftime(f"%b {time.day:2} %H:%M:%S %Y GMT").encode()


def _name(name: x509.Name, called: list[bytes]) -> bytes:
    """As RFC 2253 has it, the last part first: `CN=leaf,O=Example`. called: OpenSSL's names of the parts, in their order."""
    shown = iter(called)
    sets = [b"+".join(reversed([_part(attribute, next(shown)) for attribute in some])) for some in name.rdns]
    return b",".join(reversed(sets))


def _part(attribute: x509.NameAttribute[str | bytes], called: bytes) -> bytes:
    text = attribute.value.encode() if isinstance(attribute.value, str) else attribute.value
    if called == b"UNDEF":
        der = bytes((attribute._type.value,)) + _length(len(text)) + text
        return attribute.oid.dotted_string.encode() + b"=#" + der.hex().upper().encode()
    return called + b"=" + _escaped(text)


def _length(length: int) -> bytes:
    """As DER has it."""
    if length < 128:
        return bytes((length,))
    size = length.bit_length() + 7 >> 3
    return bytes((128 | size,)) + length.to_bytes(size)


def _escaped(text: bytes) -> bytes:
    """A value in printable ASCII."""
    last = len(text) - 1
    return b"".join(_character(code, position == 0, position == last) for position, code in enumerate(text))


def _character(code: int, is_first: bool, is_last: bool) -> bytes:
    if code < 32 or code > 126:
        return b"\\%02X" % code
    if code in _SPECIAL or (is_first and code in b"# ") or (is_last and code == 32):
        return b"\\%c" % code
    return b"%c" % code
