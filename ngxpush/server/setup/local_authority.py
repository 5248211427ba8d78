"""Certificates for `ngxpush run` where the machine lacks those of the configuration: signed by an authority of the user's own.

The authority is that of mkcert where mkcert has made one, which the user's browsers then trust already. Otherwise ngxpush makes
one, once, in the user's directory for data, in a directory that only this user may enter. Its key never leaves that directory.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

_CERTIFICATE, _KEY = "rootCA.pem", "rootCA-key.pem"
_YEARS = timedelta(days=3650)
# Browsers accept no certificate that lasts longer.
_LONGEST = timedelta(days=397)


class Authority(Struct, frozen=True):
    """path: of its certificate; None where it is in no file and ends with this process.  is_mkcert: mkcert has made it.

    key: what signs.
    """

    path: str | None
    is_mkcert: bool
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def sign(self, names: Iterable[str]) -> tuple[bytes, bytes]:
        """A new certificate with its key, both PEM. names: host names and IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [_alternative(name) for name in names]
        made = (
            _builder(_name("ngxpush development certificate"), self.certificate.subject, key, _LONGEST)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.PEM), _key_bytes(key)


def local_authority() -> Authority:
    """mkcert's authority, or the one of ngxpush, which is made if there is none. Raises OSError or ValueError.

    Where no directory can be made for it (a container without a home), it is one of this process.
    """
    for directory in _mkcert_directories():
        if os.path.exists(os.path.join(directory, _KEY)):
            return _load(directory, is_mkcert=True)
    directory = os.path.join(_data_directory(), "ngxpush", "authority")
    if not os.path.exists(os.path.join(directory, _KEY)):
        try:
            _make(directory)
        except OSError:
            return Authority(None, False, *_root())
    return _load(directory, is_mkcert=False)


def _data_directory() -> str:
    return os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")


def _mkcert_directories() -> list[str]:
    """Where mkcert keeps its authority (`mkcert -CAROOT`)."""
    named = os.environ.get("CAROOT")
    if named:
        return [named]
    if sys.platform == "darwin":
        return [os.path.expanduser("~/Library/Application Support/mkcert")]
    return [os.path.join(_data_directory(), "mkcert")]


def _load(directory: str, is_mkcert: bool) -> Authority:
    path = os.path.join(directory, _CERTIFICATE)
    with open(path, "rb") as file:
        certificate = file.read()
    with open(os.path.join(directory, _KEY), "rb") as file:
        key = file.read()
    try:
        read = x509.load_pem_x509_certificate(certificate), load_pem_private_key(key, None)
    except (TypeError, ValueError):
        raise ValueError(f"{directory} holds no certificate with a key that can be used") from None
    return Authority(path, is_mkcert, *read)  # type: ignore[arg-type]  # mkcert's is RSA, which signs as well


def _make(directory: str) -> None:
    """Make it whole or not at all. If another process has made it meanwhile, that one counts."""
    parent = os.path.dirname(directory)
    os.makedirs(parent, exist_ok=True)
    made = tempfile.mkdtemp(prefix=".authority-", dir=parent)  # only this user may enter it
    try:
        _write(made)
        with suppress(OSError):
            os.rename(made, directory)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write(directory: str) -> None:
    certificate, key = _root()
    with open(os.path.join(directory, _CERTIFICATE), "wb") as file:
        file.write(certificate.public_bytes(Encoding.PEM))
    with open(os.open(os.path.join(directory, _KEY), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_key_bytes(key))


def _root() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A new certificate of an authority, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("ngxpush development authority")
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        _builder(name, name, key, _YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + lasts)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
