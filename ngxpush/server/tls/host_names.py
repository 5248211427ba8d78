"""Whether a certificate is for a host, by the rules of OpenSSL's X509_check_host."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

# A wildcard is the first label or its beginning or end; two labels at least follow.
_LABEL = rb"(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_WILDCARD = re.compile(rb"(?:\*|\*[a-z0-9-]*[a-z0-9]|(?!xn--)[a-z0-9][a-z0-9-]*\*)(?:\." + _LABEL + rb"){2,}", re.IGNORECASE)
_COVERED = re.compile(rb"[a-z0-9-]*", re.IGNORECASE)


def is_for_host(certificate: x509.Certificate, name: bytes) -> bool:
    """Whether a certificate is for a host of this name. The common name counts only if no other name is a DNS name."""
    names = _alternative_names(certificate) or _common_names(certificate)
    return any(matches(pattern, name) for pattern in names)


def _alternative_names(certificate: x509.Certificate) -> list[bytes]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [name.encode("latin-1", "replace") for name in found.get_values_for_type(x509.DNSName)]


def _common_names(certificate: x509.Certificate) -> list[bytes]:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [str(attribute.value).encode() for attribute in found]


def matches(pattern: bytes, name: bytes) -> bool:
    """Whether a name in a certificate, perhaps with a wildcard, means this host."""
    if not _WILDCARD.fullmatch(pattern):
        return pattern.lower() == name.lower()
    before, _, after = pattern.lower().partition(b"*")
    host = name.lower()
    if len(host) < len(before) + len(after) or not host.startswith(before) or not host.endswith(after):
        return False
    covered = host[len(before) : len(host) - len(after)]
    whole_label = not before and after.startswith(b".")
    if whole_label and not covered:
        return False
    if not whole_label and host.startswith(b"xn--"):
        return False
    return covered == b"*" or _COVERED.fullmatch(covered) is not None
