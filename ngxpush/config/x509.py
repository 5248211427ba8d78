"""What nginx looks up in certificates to staple OCSP answers: who issued one, and where its issuer answers (RFC 5280)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from msgspec import Struct

_BLOCK = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END", re.DOTALL)
# In the extension authorityInfoAccess: the method id-ad-ocsp, and the URI after it with the byte of its length.
_RESPONDER = re.compile(rb"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x86([\x01-\x7f])")
_VERSION = 0xA0


class Certificate(Struct, frozen=True):
    """subject, issuer: names as they are encoded.  responder: the URL of the issuer's OCSP server; empty without one."""

    subject: bytes
    issuer: bytes
    responder: bytes


def certificates(content: bytes) -> list[Certificate]:
    """The certificates of a PEM file, in order. Raises ValueError where one makes no sense."""
    return [_certificate(base64.b64decode(block)) for block in _BLOCK.findall(content)]


def _certificate(der: bytes) -> Certificate:
    (_, whole), *_ = _elements(der)
    (_, signed), *_ = _elements(whole)
    fields = list(_elements(signed))
    if fields and fields[0][0] == _VERSION:
        del fields[0]
    if len(fields) < 5:
        raise ValueError("a certificate without a subject")
    _serial, _algorithm, (_, issuer), _validity, (_, subject), *_ = fields
    match = _RESPONDER.search(signed)
    responder = signed[match.end() : match.end() + match[1][0]] if match is not None else b""
    return Certificate(subject, issuer, responder)


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements in a row: tag and content."""
    position = 0
    while position < len(der):
        start, length = position + 2, der[position + 1] if position + 1 < len(der) else 0
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[position + 2 : start])
        if start + length > len(der) or start > len(der):
            raise ValueError("an element that is longer than what holds it")
        yield der[position], der[start : start + length]
        position = start + length
