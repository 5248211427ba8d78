"""A client's certificate as nginx's variables show it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from OpenSSL import crypto

# The short names of OpenSSL that differ from those of RFC 4514.
_SHORT = {
    NameOID.EMAIL_ADDRESS: "emailAddress",
    NameOID.SURNAME: "SN",
    NameOID.GIVEN_NAME: "GN",
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.TITLE: "title",
    NameOID.INITIALS: "initials",
    NameOID.DN_QUALIFIER: "dnQualifier",
    NameOID.PSEUDONYM: "pseudonym",
}


class ShownCertificate:
    """See `http.tls_facts.ClientCertificate`."""

    def __init__(self, certificate: crypto.X509) -> None:
        made = certificate.to_cryptography()
        der = made.public_bytes(Encoding.DER)
        self.pem = made.public_bytes(Encoding.PEM)
        self.subject, self.issuer = _name(made.subject), _name(made.issuer)
        self.legacy_subject, self.legacy_issuer = _legacy(made.subject), _legacy(made.issuer)
        serial = b"%X" % made.serial_number
        self.serial = serial if len(serial) % 2 == 0 else b"0" + serial
        self.fingerprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().encode()
        self.valid_from, self.valid_until = _time(made.not_valid_before_utc), _time(made.not_valid_after_utc)
        self.ends = made.not_valid_after_utc.timestamp()


def _time(time: datetime) -> bytes:
    """As OpenSSL prints it: `Nov  9 06:41:00 2026 GMT`."""
    return time.strftime(f"%b {time.day:2} %H:%M:%S %Y GMT").encode()


def _name(name: x509.Name) -> bytes:
    """As RFC 2253 has it: `CN=leaf,O=Example`."""
    return name.rfc4514_string(_SHORT).encode()


def _legacy(name: x509.Name) -> bytes:
    """As X509_NAME_oneline() has it: `/O=Example/CN=leaf`."""
    shown = ((attribute.rfc4514_attribute_name, attribute) for attribute in name)
    return "".join(f"/{_SHORT.get(part.oid, short)}={part.value!s}" for short, part in shown).encode()
