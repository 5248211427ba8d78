"""Certificates for tests, made when they are needed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def save(self, directory: Path, name: str, password: bytes = b"") -> None:
        """Write `NAME.pem` and `NAME.key`."""
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        kind = serialization.PrivateFormat.PKCS8
        (directory / f"{name}.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        (directory / f"{name}.key").write_bytes(self.key.private_bytes(serialization.Encoding.PEM, kind, encryption))


def credentials(name: str, hosts: Sequence[str] = (), issuer: Credentials | None = None, days: int = 1) -> Credentials:
    """A certificate that is valid for so many days more, signed by its issuer or by itself. Without hosts it may sign others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 9 * _DAY)
        .not_valid_after(now + days * _DAY)
        .add_extension(x509.BasicConstraints(not hosts, None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return Credentials(builder.sign(key if issuer is None else issuer.key, hashes.SHA256()), key)
