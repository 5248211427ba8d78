"""What nginx says of the files that TLS settings name: certificates, keys, parameters, lists of revoked certificates.

nginx has OpenSSL read them when the http block closes, and prints OpenSSL's own words. Here a file has to be there and to have a
PEM block of the right kind; what is inside the block is not looked at.
"""

from __future__ import annotations

import errno
import re

from msgspec import Struct

from .directive import DirectiveUse
from .text import shown
from .x509 import Certificate, certificates

_START = re.compile(rb"^-----BEGIN ([A-Z0-9. ]+)-----[ \t\r]*$", re.MULTILINE)
_NO_START = "error:0480006C:PEM routines::no start line:Expecting:"
_NOTHING_FOUND = "error:05800088:x509 certificate routines::no certificate or crl found"


class FileKind(Struct, frozen=True):
    """A kind of file. missing, wrong: the messages, with `{path}`, and `{reason}`: why the file can't be opened.

    blocks: what the name of its PEM block may end in.  mode: with which it is opened.
    """

    missing: str
    wrong: str
    blocks: tuple[bytes, ...]
    mode: str = "r"


_CERTIFICATES = (b"CERTIFICATE",)
_LISTED = (b"CERTIFICATE", b"X509 CRL")

CERTIFICATE = FileKind(
    'cannot load certificate "{path}": BIO_new_file() failed (SSL: {reason})',
    f'cannot load certificate "{{path}}": PEM_read_bio_X509_AUX() failed (SSL: {_NO_START} TRUSTED CERTIFICATE)',
    _CERTIFICATES,
)
KEY = FileKind(
    'cannot load certificate key "{path}": BIO_new_file() failed (SSL: {reason})',
    'cannot load certificate key "{path}": PEM_read_bio_PrivateKey() failed '
    "(SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)",
    (b"PRIVATE KEY",),
)
TRUSTED = FileKind(
    'SSL_CTX_load_verify_locations("{path}") failed (SSL: {reason} error:05880002:x509 certificate routines::system lib)',
    f'SSL_CTX_load_verify_locations("{{path}}") failed (SSL: {_NOTHING_FOUND})',
    _LISTED,
)
REVOKED = FileKind(
    'X509_LOOKUP_load_file("{path}") failed (SSL: {reason} error:05880002:x509 certificate routines::system lib)',
    f'X509_LOOKUP_load_file("{{path}}") failed (SSL: {_NOTHING_FOUND})',
    _LISTED,
)
PARAMETERS = FileKind(
    'BIO_new_file("{path}") failed (SSL: {reason})',
    f'PEM_read_bio_DHparams("{{path}}") failed (SSL: {_NO_START} DH PARAMETERS)',
    (b"DH PARAMETERS",),
)
STAPLED = FileKind(
    'BIO_new_file("{path}") failed (SSL: {reason})',
    'd2i_OCSP_RESPONSE_bio("{path}") failed (SSL: error:0680008E:asn1 encoding routines::not enough data)',
    (),
    "rb",
)


def file_fault(use: DirectiveUse, kind: FileKind, name: bytes) -> str | None:
    """nginx's message about a file that is not there or is not of its kind; None for a good one.

    name: as it is written: a path, relative to the main file's directory, or for a certificate or key `data:` and its text.
    """
    if kind in (CERTIFICATE, KEY) and name.startswith(b"data:"):
        return None if _has_block(name, kind) else kind.wrong.format(path=shown(name))
    if kind is KEY and name.startswith(b"engine:"):
        return None if b":" in name[7:] else f'cannot load certificate key "{shown(name)}": invalid syntax'
    path = shown(use.path(name, configuration_prefix=True))
    try:
        content = use.cycle.system.credentials(path)
    except IsADirectoryError:
        content = b""
    except OSError as error:
        return kind.missing.format(path=path, reason=unopened(path, error, kind.mode))
    if content is None or not kind.blocks or _has_block(content, kind):
        return None
    return kind.wrong.format(path=path)


def ciphers_fault(use: DirectiveUse, ciphers: bytes) -> str | None:
    """nginx's message about a list of ciphers none of which OpenSSL knows."""
    if use.cycle.system.has_ciphers(shown(ciphers)):
        return None
    return f'SSL_CTX_set_cipher_list("{shown(ciphers)}") failed (SSL: error:0A0000B9:SSL routines::no cipher match)'


def pair_fault(use: DirectiveUse, certificate: bytes, key: bytes) -> str | None:
    """nginx's message about the first of the two files that can't be used. Names with variables are read for each connection."""
    if b"$" in certificate or b"$" in key:
        return None
    return file_fault(use, CERTIFICATE, certificate) or file_fault(use, KEY, key)


def unstaplable(use: DirectiveUse, certificate: bytes, trusted: bytes | None, responder: bytes | None) -> str | None:
    """Why nginx can't ask for an OCSP answer to staple for a certificate; None where it can, or where files are not looked at.

    trusted: a file with other certificates.  responder: the URL that is asked in place of the certificate's own.
    """
    chain = _certificates(use, certificate)
    if not chain:
        return None
    known = [*chain[1:], *(_certificates(use, trusted) if trusted else [])]
    path = certificate if certificate.startswith(b"data:") else use.path(certificate, configuration_prefix=True)
    if not any(other.subject == chain[0].issuer for other in known):
        return f'issuer certificate not found for certificate "{shown(path)}"'
    url = responder or chain[0].responder
    if not url:
        return f'no OCSP responder URL in the certificate "{shown(path)}"'
    if url[:7].lower() != b"http://":
        return f'invalid URL prefix in OCSP responder "{shown(url)}" in the certificate "{shown(path)}"'
    return None


def _certificates(use: DirectiveUse, name: bytes) -> list[Certificate]:
    """The certificates of a file that is there; none where files are not looked at, or where one of them makes no sense."""
    content: bytes | None = name
    if not name.startswith(b"data:"):
        content = use.cycle.system.credentials(shown(use.path(name, configuration_prefix=True)))
    try:
        return certificates(content or b"")
    except ValueError:
        return []


def _has_block(content: bytes, kind: FileKind) -> bool:
    return any(name.endswith(kind.blocks) for name in _START.findall(content.removeprefix(b"data:")))


def unopened(path: str, error: OSError, mode: str = "r") -> str:
    """OpenSSL's words for a file that can't be opened."""
    number = error.errno or 0
    last = "10000080:BIO routines::no such file" if number == errno.ENOENT else "10080002:BIO routines::system lib"
    return f"error:{0x80000000 | number:08X}:system library::{error.strerror}:calling fopen({path}, {mode}) error:{last}"
