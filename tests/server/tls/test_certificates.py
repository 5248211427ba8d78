"""A client's certificate as variables show it: what nginx 1.22.1 shows of the same names."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from OpenSSL import crypto

from ngxpush.server.tls.certificates import ShownCertificate

_KEY = ec.generate_private_key(ec.SECP256R1())
_NOW = datetime.datetime(2026, 11, 9, 6, 41, tzinfo=datetime.UTC)


def _shown(*sets: dict[ObjectIdentifier, str]) -> ShownCertificate:
    """A certificate whose subject has these parts; some may have several names."""
    made = [x509.RelativeDistinguishedName([x509.NameAttribute(oid, text) for oid, text in some.items()]) for some in sets]
    builder = x509.CertificateBuilder().subject_name(x509.Name(made)).issuer_name(x509.Name(made)).public_key(_KEY.public_key())
    builder = builder.serial_number(0x80FF).not_valid_before(_NOW).not_valid_after(_NOW)
    return ShownCertificate(crypto.X509.from_cryptography(builder.sign(_KEY, hashes.SHA256())))


@pytest.mark.parametrize(
    ("sets", "subject", "legacy"),
    [
        ([{NameOID.COUNTRY_NAME: "US"}, {NameOID.ORGANIZATION_NAME: "O, Inc."}], rb"O=O\, Inc.,C=US", rb"/C=US/O=O, Inc."),
        ([{NameOID.COMMON_NAME: '"a" + #<x>;'}], rb"CN=\"a\" \+ #\<x\>\;", rb'/CN="a" \+ #<x>;'),
        ([{NameOID.COMMON_NAME: " a "}, {NameOID.TITLE: "#b"}], rb"title=\#b,CN=\ a\ ", rb"/CN= a /title=#b"),
        ([{NameOID.LOCALITY_NAME: "Z\u00fc\t/"}], rb"L=Z\C3\BC\09/", rb"/L=Z\xC3\xBC\x09\/"),
        (
            [{NameOID.USER_ID: "u"}, {NameOID.ORGANIZATIONAL_UNIT_NAME: "a", NameOID.COMMON_NAME: "bb"}],
            b"CN=bb+OU=a,UID=u",
            b"/UID=u/OU=a+CN=bb",
        ),
        ([{ObjectIdentifier("1.2.3.4"): "x"}], b"1.2.3.4=#0C0178", b"/1.2.3.4=x"),
        ([], b"", b""),
    ],
)
def test_names(sets: list[dict[ObjectIdentifier, str]], subject: bytes, legacy: bytes) -> None:
    shown = _shown(*sets)
    assert (shown.subject, shown.legacy_subject) == (subject, legacy)
    assert (shown.issuer, shown.legacy_issuer) == (subject, legacy)


def test_the_rest() -> None:
    shown = _shown()
    assert (shown.serial, shown.valid_from, shown.ends) == (b"80FF", b"Nov  9 06:41:00 2026 GMT", _NOW.timestamp())
