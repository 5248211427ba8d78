"""Certificates and their keys: read from files and given to a context of OpenSSL, for servers and for upstreams alike."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL

from ...config.text import shown
from ...config.tls_files import unopened
from .faults import CannotLoad
from .words import error_words

_NO_BLOCK = "error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE"
_BROKEN_BLOCK = "error:04800064:PEM routines::bad base64 decode"
_NO_KEY = "error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM"
# nginx asks on its terminal. These are the first of its words where it has none.
_NO_TERMINAL = (
    "error:1400006B:UI routines::processing error:while reading strings error:0480006D:PEM routines::problems getting password"
)


def use_certificate(context: SSL.Context, certificate: bytes, key: bytes, passwords: Sequence[bytes], at_start: bool) -> bytes:
    """Load a certificate with its chain, and its key. Returns the certificate's fingerprint. Raises CannotLoad.

    certificate, key: full paths, or `data:` and PEM.  passwords: are tried in order.
    at_start: not in the middle of a handshake: nginx's words differ.
    """
    chain = _chain(certificate)
    private = _key(key, passwords, at_start)
    context.use_certificate(chain[0])
    for issuer in chain[1:]:
        context.add_extra_chain_cert(issuer)
    try:
        context.use_privatekey(private)
    except SSL.Error as error:
        call = "SSL_CTX_use_PrivateKey" if at_start else "SSL_use_PrivateKey"
        raise CannotLoad(f'{call}("{shown(key)}") failed (SSL: {error_words(error)})') from None
    return chain[0].fingerprint(SHA256())


def _chain(name: bytes) -> list[x509.Certificate]:
    begin = f'cannot load certificate "{shown(name)}"'
    content = _content(begin, name)
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        words = _BROKEN_BLOCK if b"-----BEGIN CERTIFICATE-----" in content else _NO_BLOCK
        raise CannotLoad(f"{begin}: PEM_read_bio_X509_AUX() failed (SSL: {words})") from None


def _content(begin: str, name: bytes) -> bytes:
    """What is in a file. begin: of the line about one that can't be read."""
    if name.startswith(b"data:"):
        return name.removeprefix(b"data:")
    try:
        with open(name, "rb") as file:
            return file.read()
    except IsADirectoryError:
        return b""
    except OSError as error:
        raise CannotLoad(f"{begin}: BIO_new_file() failed (SSL: {unopened(os.fsdecode(name), error)})") from None


def _key(name: bytes, passwords: Sequence[bytes], at_start: bool) -> Any:
    begin = f'cannot load certificate key "{shown(name)}"'
    content = _content(begin, name)
    words = _NO_TERMINAL if at_start else _bad_password("empty password")
    for password in (None, *passwords):
        try:
            return load_pem_private_key(content, password)
        except (TypeError, ValueError, UnsupportedAlgorithm):
            continue
    if b"ENCRYPTED" not in content:
        words = _NO_KEY
    elif passwords:
        words = _bad_password("maybe wrong password")
    raise CannotLoad(f"{begin}: PEM_read_bio_PrivateKey() failed (SSL: {words})")


def _bad_password(why: str) -> str:
    once = f"error:1C800064:Provider routines::bad decrypt error:11800074:PKCS12 routines::pkcs12 cipherfinal error:{why}"
    return f"{once} {once}"  # OpenSSL tries twice
